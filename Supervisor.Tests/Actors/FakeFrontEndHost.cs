using Tapvisor.BlockIo;
using Tapvisor.Disks;
using Tapvisor.Messages.Blkif;
using Tapvisor.Native;

namespace Tapvisor.Tests.Actors;

/// <summary>A guest's side that only remembers whether it is there.</summary>
internal sealed class FakeFrontEndHost : IFrontEndHost
{
    private int _starts;
    private volatile TaskCompletionSource? _held;

    internal bool IsStarted { get; private set; }

    internal int Starts => Volatile.Read(ref _starts);

    internal BlockException? Refusal { get; set; }

    internal List<string> Calls { get; } = [];

    /// <summary>Why a guest is refused; null to serve it.</summary>
    internal BlockException? GuestRefusal { get; set; }

    internal BlkifFrontend? Guest { get; private set; }

    public Task StartAsync(FrontEndStart start)
    {
        Calls.Add(start.TakeOver ? "start, take over" : "start");
        Interlocked.Increment(ref _starts);
        if (Refusal is { } refusal)
            return Task.FromException(refusal);
        IsStarted = true;
        return _held?.Task ?? Task.CompletedTask;
    }

    public Task StopAsync()
    {
        IsStarted = false;
        return Task.CompletedTask;
    }

    public Task ReleaseAsync(bool handOver, bool force)
    {
        Calls.Add(handOver ? "hand over" : force ? "release by force" : "release");
        Guest = null;
        return _held?.Task ?? Task.CompletedTask;
    }

    public Task<BlkifFeatures> ConnectAsync(BlkifFrontend frontend, bool adopt)
    {
        if (GuestRefusal is { } refusal)
            return Task.FromException<BlkifFeatures>(refusal);
        Guest = frontend;
        return Task.FromResult(new BlkifFeatures(2048, 512, 512, 0, true, 512, 0, CanDiscardSecurely: false, KeepsGrants: true));
    }

    /// <summary>Starts and releases from here on do not return before <see cref="LetGo"/>.</summary>
    internal void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>They return, or fail after all.</summary>
    internal void LetGo(BlockException? failure = null)
    {
        TaskCompletionSource? held = _held;
        _held = null;
        if (failure is null)
            held?.SetResult();
        else
            held?.SetException(failure);
    }

    public Task<bool> DisconnectAsync(uint domId, uint devId)
    {
        bool was = Guest is { } guest && guest.DomId == domId && guest.DevId == devId;
        Guest = was ? null : Guest;
        return Task.FromResult(was);
    }
}
