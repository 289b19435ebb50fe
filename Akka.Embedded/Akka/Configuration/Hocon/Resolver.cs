namespace Akka.Configuration.Hocon;

/// <summary>Replaces references by what they refer to.</summary>
internal sealed class Resolver(HoconObject root)
{
    private readonly Dictionary<HoconNode, HoconValue?> _resolved = [];
    private readonly HashSet<HoconNode> _inProgress = [];

    /// <exception cref="FormatException">A reference has no value, or refers to itself.</exception>
    public HoconValue Run() => Resolve(root)!;

    private HoconValue? Resolve(HoconNode node)
    {
        if (_resolved.TryGetValue(node, out HoconValue? known))
        {
            return known;
        }

        if (!_inProgress.Add(node))
        {
            throw node is HoconSubstitution substitution
                ? new FormatException($"{substitution.Unresolved.Message} (it refers to itself)")
                : new FormatException("Malformed HOCON: a value refers to itself");
        }

        HoconValue? value = ResolveNew(node);
        _inProgress.Remove(node);
        return _resolved[node] = value;
    }

    private HoconValue? ResolveNew(HoconNode node) => node switch
    {
        HoconLiteral literal => literal.Value,
        HoconBlank blank => new HoconValue(blank.Text),
        HoconObject value => ResolveObject(value),
        HoconArray array => new HoconValue([.. array.Items.Select(Resolve).OfType<HoconValue>()]),
        HoconSubstitution substitution => ResolveSubstitution(substitution),
        HoconConcatenation concatenation => Concatenate(concatenation),
        HoconOverlay overlay => ResolveOverlay(overlay),
        HoconAppended appended => Append(appended),
        _ => throw new NotSupportedException(node.GetType().Name),
    };

    private HoconValue Append(HoconAppended appended)
    {
        IReadOnlyList<HoconValue> items = appended.Array is null ? [] : Resolve(appended.Array)?.Items ?? [];
        return Resolve(appended.Item) is { } item ? new HoconValue([.. items, item]) : new HoconValue([.. items]);
    }

    private HoconValue ResolveObject(HoconObject value)
    {
        var fields = new Dictionary<string, HoconValue>();
        foreach ((string key, HoconNode node) in value.Fields)
        {
            if (Resolve(node) is { } field)
            {
                fields.Add(key, field);
            }
        }

        return new HoconValue(fields);
    }

    private HoconValue? ResolveOverlay(HoconOverlay overlay)
    {
        HoconValue? above = Resolve(overlay.Above);
        if (above is not null && !above.IsObject())
        {
            return above;
        }

        HoconValue? below = Resolve(overlay.Below);
        return above is null || below is null ? above ?? below : above.WithFallback(below);
    }

    private HoconValue? ResolveSubstitution(HoconSubstitution substitution)
    {
        HoconValue? value = substitution.Previous is { } previous ? Resolve(previous) : Find(substitution.Path);
        value ??= Environment.GetEnvironmentVariable(string.Join('.', substitution.Path)) is { } variable ? new HoconValue(variable) : null;
        return value is null && !substitution.Optional ? throw substitution.Unresolved : value;
    }

    // Objects are descended into without resolving them whole, so that fields may refer to their neighbours.
    private HoconValue? Find(IReadOnlyList<string> path)
    {
        HoconNode node = root;
        for (int index = 0; index < path.Count; index++)
        {
            if (node is not HoconObject value)
            {
                return path.Skip(index).Aggregate(Resolve(node), (found, key) => found?.GetChildObject(key));
            }

            if (value.Find(path[index]) is not { } next)
            {
                return null;
            }

            node = next;
        }

        return Resolve(node);
    }

    private HoconValue? Concatenate(HoconConcatenation concatenation)
    {
        HoconValue[] values = [.. concatenation.Parts.Where(part => part is not HoconBlank).Select(Resolve).OfType<HoconValue>()];
        if (values.Length == 0)
        {
            return null;
        }

        if (values.All(value => value.IsObject()))
        {
            return values.Aggregate((below, above) => above.WithFallback(below));
        }

        if (values.All(value => value.IsArray()))
        {
            return new HoconValue([.. values.SelectMany(value => value.Items)]);
        }

        return values.All(value => value.IsString())
            ? new HoconValue(string.Concat(concatenation.Parts.Select(part => Resolve(part)?.GetString())).Trim())
            : throw concatenation.Mismatch;
    }
}
