using Tapvisor.Actors.Disks;
using Tapvisor.BlockIo;

namespace Tapvisor.Tests.Actors;

/// <summary>A guest's side that only remembers whether it is there.</summary>
internal sealed class FakeRingHost : IRingHost
{
    private int _starts;

    internal bool IsStarted { get; private set; }

    internal int Starts => Volatile.Read(ref _starts);

    internal BlockException? Refusal { get; set; }

    public Task StartAsync(IReadOnlyList<string> aliases)
    {
        Interlocked.Increment(ref _starts);
        if (Refusal is { } refusal)
            return Task.FromException(refusal);
        IsStarted = true;
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        IsStarted = false;
        return Task.CompletedTask;
    }
}
