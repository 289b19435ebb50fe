using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>An immutable value: a text (or null), an array or an object.</summary>
public sealed class HoconValue
{
    internal static readonly HoconValue EmptyObject = new(new Dictionary<string, HoconValue>());

    private readonly string? _text;
    private readonly List<HoconValue>? _items;
    private readonly Dictionary<string, HoconValue>? _fields;

    internal HoconValue(string? text) => _text = text;

    internal HoconValue(List<HoconValue> items) => _items = items;

    internal HoconValue(Dictionary<string, HoconValue> fields) => _fields = fields;

    public bool IsEmpty => _fields is { Count: 0 } || _items is { Count: 0 };

    internal IReadOnlyDictionary<string, HoconValue> Fields => _fields ?? EmptyObject._fields!;

    internal IReadOnlyList<HoconValue> Items => _items ?? [];

    public bool IsString() => _items is null && _fields is null;

    public bool IsArray() => _items is not null;

    public bool IsObject() => _fields is not null;

    /// <returns>The field; null if there is none or this is no object.</returns>
    public HoconValue? GetChildObject(string key) => Fields.GetValueOrDefault(key);

    /// <returns>The text; null for the value null, an array or an object.</returns>
    public string? GetString() => _text;

    public IList<HoconValue> GetArray() => [.. Items];

    public int GetInt() => int.Parse(Text, CultureInfo.InvariantCulture);

    public long GetLong() => long.Parse(Text, CultureInfo.InvariantCulture);

    public float GetFloat() => float.Parse(Text, CultureInfo.InvariantCulture);

    public double GetDouble() => double.Parse(Text, CultureInfo.InvariantCulture);

    public decimal GetDecimal() => decimal.Parse(Text, CultureInfo.InvariantCulture);

    public bool GetBoolean() => Text switch
    {
        "on" or "true" or "yes" => true,
        "off" or "false" or "no" => false,
        _ => throw new NotSupportedException($"Unknown boolean format: {this}"),
    };

    public long? GetByteSize() => string.IsNullOrEmpty(_text) ? null : HoconUnits.ParseByteSize(_text);

    public TimeSpan GetTimeSpan(bool allowInfinite = true) => HoconUnits.ParseTimeSpan(Text, allowInfinite);

    public IList<string> GetStringList() => [.. Items.Select(item => item.GetString()!)];

    public IList<int> GetIntList() => [.. Items.Select(item => item.GetInt())];

    public IList<long> GetLongList() => [.. Items.Select(item => item.GetLong())];

    public override string ToString()
    {
        var text = new StringBuilder();
        HoconWriter.Write(text, this, depth: 0);
        return text.ToString();
    }

    /// <summary>Objects are merged; otherwise this value wins.</summary>
    internal HoconValue WithFallback(HoconValue fallback)
    {
        if (_fields is null || fallback._fields is null)
        {
            return this;
        }

        var merged = new Dictionary<string, HoconValue>(_fields);
        foreach ((string key, HoconValue value) in fallback._fields)
        {
            merged[key] = merged.TryGetValue(key, out HoconValue? mine) ? mine.WithFallback(value) : value;
        }

        return new HoconValue(merged);
    }

    private string Text => _text ?? throw new FormatException("a single value is expected");
}
