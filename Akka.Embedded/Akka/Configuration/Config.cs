using System.Diagnostics.CodeAnalysis;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>An immutable tree of settings. Paths are keys joined by dots; a key with a dot in it is quoted.</summary>
/// <remarks>A value of the wrong form raises <see cref="FormatException"/> that names the path and the value.</remarks>
public class Config
{
    public static readonly Config Empty = new();

    public Config() : this(HoconValue.EmptyObject)
    {
    }

    public Config(HoconRoot root) : this(root.Value)
    {
    }

    private Config(HoconValue root) => Root = root;

    public HoconValue Root { get; }

    public virtual bool IsEmpty => Root.IsEmpty;

    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    [return: NotNullIfNotNull(nameof(@default))]
    public virtual string? GetString(string path, string? @default = null) => GetValue(path) is { } value ? value.GetString()! : @default;

    public virtual int GetInt(string path, int @default = 0) => Read(path, @default, value => value.GetInt());

    public virtual long GetLong(string path, long @default = 0) => Read(path, @default, value => value.GetLong());

    public virtual float GetFloat(string path, float @default = 0) => Read(path, @default, value => value.GetFloat());

    public virtual double GetDouble(string path, double @default = 0) => Read(path, @default, value => value.GetDouble());

    public virtual decimal GetDecimal(string path, decimal @default = 0) => Read(path, @default, value => value.GetDecimal());

    /// <summary>Reads on, off, true, false, and, other than Akka.NET, yes and no.</summary>
    public virtual bool GetBoolean(string path, bool @default = false) => Read(path, @default, value => value.GetBoolean());

    /// <summary>Reads bytes, with or without a unit: B, kB, KiB, k, MB, MiB, m, …</summary>
    public virtual long? GetByteSize(string path, long? def = null) => Read(path, def, value => value.GetByteSize());

    /// <summary>Reads a time with a unit from ns to d, or milliseconds without one.</summary>
    /// <param name="path">Where.</param>
    /// <param name="default">Null for zero.</param>
    /// <param name="allowInfinite">Whether <c>infinite</c> is a value, read as <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        Read(path, @default.GetValueOrDefault(), value => value.GetTimeSpan(allowInfinite));

    public virtual IList<string> GetStringList(string path) => GetStringList(path, []);

    public virtual IList<string> GetStringList(string path, string[] defaultPaths) =>
        Read<IList<string>>(path, defaultPaths, value => value.GetStringList());

    public virtual IList<int> GetIntList(string path) => Read<IList<int>>(path, [], value => value.GetIntList());

    public virtual IList<long> GetLongList(string path) => Read<IList<long>>(path, [], value => value.GetLongList());

    /// <returns>The subtree; null if there is none.</returns>
    public virtual Config GetConfig(string path) => GetValue(path) is { } value ? new Config(value) : null!;

    /// <returns>The value; null if there is none.</returns>
    public HoconValue? GetValue(string path)
    {
        HoconValue? value = Root;
        foreach (string key in HoconPath.Split(path))
        {
            value = value?.GetChildObject(key);
        }

        return value;
    }

    public virtual bool HasPath(string path) => GetValue(path) is not null;

    /// <summary>This configuration, with another's values where it has none; objects are merged.</summary>
    public virtual Config WithFallback(Config fallback) =>
        ReferenceEquals(fallback, this)
            ? throw new ArgumentException("Config can not have itself as fallback", nameof(fallback))
            : new Config(Root.WithFallback(fallback.Root));

    public virtual IEnumerable<KeyValuePair<string, HoconValue>> AsEnumerable() => Root.Fields;

    public override string ToString() => Root.ToString();

    public string ToString(bool includeFallback) => ToString();

    private T Read<T>(string path, T @default, Func<HoconValue, T> read)
    {
        if (GetValue(path) is not { } value)
        {
            return @default;
        }

        try
        {
            return read(value);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new FormatException($"The value of '{path}' cannot be read: {value}: {e.Message}", e);
        }
    }
}
