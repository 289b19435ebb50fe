namespace Akka.Configuration.Hocon;

/// <summary>An object as written, with repeated fields merged.</summary>
internal sealed class HoconObject : HoconNode
{
    private readonly Dictionary<string, HoconNode> _fields = [];

    public IReadOnlyDictionary<string, HoconNode> Fields => _fields;

    public HoconNode? Find(string key) => _fields.GetValueOrDefault(key);

    public HoconObject GetOrAddObject(string key)
    {
        if (Find(key) is HoconObject existing)
        {
            return existing;
        }

        var added = new HoconObject();
        Set(key, added);
        return added;
    }

    public void Append(string key, HoconNode item) => _fields[key] = new HoconAppended(Find(key), item);

    public void Set(string key, HoconNode value) => _fields[key] = (Find(key), value) switch
    {
        (HoconObject below, HoconObject above) => below.MergeWith(above),
        (null, _) or (_, HoconLiteral or HoconArray) or (HoconLiteral or HoconArray, HoconObject) => value,
        ({ } below, _) => new HoconOverlay(below, value),
    };

    /// <summary>Sets the fields of a value that was read elsewhere.</summary>
    public void Merge(HoconValue included)
    {
        foreach ((string key, HoconValue value) in included.Fields)
        {
            if (value.IsObject())
            {
                GetOrAddObject(key).Merge(value);
            }
            else
            {
                Set(key, new HoconLiteral(value));
            }
        }
    }

    private HoconObject MergeWith(HoconObject above)
    {
        foreach ((string key, HoconNode value) in above._fields)
        {
            Set(key, value);
        }

        return this;
    }
}
