using System.Collections.Concurrent;
using Akka.Event;
using Tapvisor.Actors.XenStore.Vbd;

namespace Tapvisor.Tests.Actors.XenStore.Fuzz;

/// <summary>What happened in one run, as far as a promise depends on it.</summary>
internal sealed class FuzzRecord
{
    /// <summary>What is connected, and to which minor.</summary>
    internal ConcurrentDictionary<VbdId, int> Connections { get; } = new();

    /// <summary>How often each device's ring was connected anew.</summary>
    internal ConcurrentDictionary<VbdId, int> Connects { get; } = new();

    /// <summary>Lines of the log about each device.</summary>
    internal ConcurrentDictionary<string, int> Lines { get; } = new();

    /// <summary>Broken promises.</summary>
    internal ConcurrentQueue<string> Problems { get; } = new();

    /// <summary>A line of the log; one that blames an exception is an actor's crash.</summary>
    internal void Add(LogEvent line)
    {
        string text = $"{line.Message}";
        if (line is Error { Cause: { } cause })
            Problems.Enqueue($"crash: {cause}");
        if (text.StartsWith("device ", StringComparison.Ordinal) && line is not Debug)
            Lines.AddOrUpdate(text["device ".Length..text.IndexOf(':', StringComparison.Ordinal)], 1, static (_, count) => count + 1);
    }
}
