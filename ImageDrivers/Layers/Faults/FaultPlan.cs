namespace Tapvisor.ImageDrivers.Layers.Faults;

/// <summary>
/// The faults that somebody wants a disk to have. It belongs to the disk and outlives restarts of its driver: a fault that strikes three
/// requests strikes three, not three after each restart. On the disk's engine's thread only.
/// </summary>
public sealed class FaultPlan
{
    private readonly List<Rule> _rules = [];

    /// <summary>No request is in danger.</summary>
    public bool IsEmpty => _rules.Count == 0;

    /// <summary>Adds a fault, behind those there are: the first that matches a request strikes it.</summary>
    public void Add(Fault fault)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fault.Count);
        if (fault.Action == FaultAction.Error)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fault.Errno);
        _rules.Add(new Rule(fault));
    }

    /// <summary>Forgets all faults; what hangs already goes on hanging.</summary>
    public void Clear() => _rules.Clear();

    /// <summary>The fault that strikes the next request of this kind, or null; counts it.</summary>
    internal Fault? Strike(FaultOperations operation)
    {
        foreach (Rule rule in _rules)
        {
            if ((rule.Fault.Operations & operation) == 0)
                continue;
            if (rule.Fault.Count > 0 && --rule.Left == 0)
                _rules.Remove(rule);
            return rule.Fault;
        }
        return null;
    }

    private sealed class Rule(Fault fault)
    {
        internal Fault Fault { get; } = fault;

        internal int Left { get; set; } = fault.Count;
    }
}
