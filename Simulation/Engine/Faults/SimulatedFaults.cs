namespace Tapvisor.Simulation.Engine.Faults;

/// <summary>The rules in force on a machine; the first that applies to an operation decides.</summary>
internal sealed class SimulatedFaults(Random random)
{
    private readonly List<Rule> _rules = [];

    /// <summary>Adds a rule.</summary>
    internal void Add(SimulatedFault fault) => _rules.Add(new Rule(fault));

    /// <summary>Takes all rules back; what hangs already goes on hanging.</summary>
    internal void Clear() => _rules.Clear();

    /// <summary>Decides about one operation.</summary>
    internal Verdict Judge(SimulatedOperation operation, string path)
    {
        foreach (Rule rule in _rules)
        {
            SimulatedFault fault = rule.Fault;
            if ((fault.Path is { } only && only != path) || (fault.Operation is { } kind && kind != operation))
                continue;
            if (rule.Skipped < fault.Skip)
            {
                rule.Skipped++;
                continue;
            }
            if (rule.Applied >= fault.Count || random.Next(fault.OneIn) != 0)
                continue;
            rule.Applied++;
            return new Verdict(fault.Errno, fault.IsShort, fault.Hangs, fault.Delay.Ticks * 100);
        }
        return default;
    }

    private sealed class Rule(SimulatedFault fault)
    {
        internal SimulatedFault Fault { get; } = fault;

        internal int Skipped { get; set; }

        internal int Applied { get; set; }
    }
}
