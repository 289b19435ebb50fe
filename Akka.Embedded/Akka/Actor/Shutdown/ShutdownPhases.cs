using Akka.Configuration;

namespace Akka.Actor;

/// <summary>The configured phases, each after those it depends on.</summary>
internal sealed class ShutdownPhases
{
    private readonly List<ShutdownPhase> _inOrder = [];

    private ShutdownPhases()
    {
    }

    public IReadOnlyList<ShutdownPhase> InOrder => _inOrder;

    /// <param name="config">The section <c>akka.coordinated-shutdown</c>.</param>
    /// <exception cref="ConfigurationException">The phases depend on each other in a circle.</exception>
    public static ShutdownPhases Read(Config config)
    {
        TimeSpan defaultTimeout = config.GetTimeSpan("default-phase-timeout");
        Config phases = config.GetConfig("phases");
        var byName = phases.AsEnumerable().Select(one => one.Key).ToDictionary(
            name => name,
            name => Read(name, phases.GetConfig(name), defaultTimeout));
        var sorted = new ShutdownPhases();
        var onTheWay = new HashSet<string>();
        foreach (string name in byName.Keys)
        {
            sorted.Append(name, byName, onTheWay);
        }

        return sorted;
    }

    public ShutdownPhase? Find(string name) => _inOrder.FirstOrDefault(phase => phase.Name == name);

    private static ShutdownPhase Read(string name, Config config, TimeSpan defaultTimeout) => new(
        name,
        [.. config.GetStringList("depends-on")],
        config.GetTimeSpan("timeout", defaultTimeout),
        config.GetBoolean("recover", true),
        config.GetBoolean("enabled", true));

    private void Append(string name, Dictionary<string, ShutdownPhase> byName, HashSet<string> onTheWay)
    {
        if (Find(name) is not null)
        {
            return;
        }

        if (!onTheWay.Add(name))
        {
            throw new ConfigurationException($"Cycle detected in graph of coordinated-shutdown phases at [{name}]");
        }

        byName.TryGetValue(name, out ShutdownPhase? phase);
        foreach (string dependency in phase?.DependsOn ?? [])
        {
            Append(dependency, byName, onTheWay);
        }

        onTheWay.Remove(name);
        if (phase is not null)
        {
            _inOrder.Add(phase);
        }
    }
}
