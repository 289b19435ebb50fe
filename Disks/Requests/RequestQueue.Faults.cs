using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.Disks.Requests;

/// <summary>What happens when a driver throws or hangs.</summary>
public sealed partial class RequestQueue
{
    // The image is being closed without waiting for what is at it; nobody has to hear of a fault.
    private static readonly OperationCanceledException s_recall = new("The requests at the image are called back.");

    private readonly IoGate _unwound = new();
    private Exception? _fault;
    private long _answers;
    private bool _watching;

    /// <summary>
    /// Fences the driver: it gets no further request, everything it waits for is cancelled, and once nothing of it is left
    /// <see cref="Faulted"/> is raised. What was at the image and not answered is kept for the next incarnation.
    /// </summary>
    public void Fault(Exception reason)
    {
        if (_image is null || _fault is not null)
            return;
        _fault = reason;
        State = RequestQueueState.Faulted;
        _scope!.Revoke();
        _ = UnwindAsync(_scope, reason);
    }

    /// <summary>Calls back the requests at the image, which then wait for another; to be followed by <see cref="QuiesceAsync"/>.</summary>
    public void Recall() => Fault(s_recall);

    private async IoTask<int> UnwindAsync(IoScope scope, Exception reason)
    {
        while (Active > 0)
            await _unwound.WaitAsync();
        await scope.DrainAsync();
        Release();
        if (!ReferenceEquals(reason, s_recall))
            Faulted?.Invoke(reason);
        return 0;
    }

    private void Watch()
    {
        if (_watching)
            return;
        _watching = true;
        _ = WatchAsync();
    }

    /// <summary>While requests are at the image, one of them must end in each period; else the driver hangs.</summary>
    private async IoTask<int> WatchAsync()
    {
        while (Active > 0)
        {
            long before = _answers;
            if (await _timers.DelayAsync(_options.HangTimeout) < 0)
                break;
            if (Active > 0 && _answers == before)
            {
                double seconds = _options.HangTimeout.TotalSeconds;
                Fault(new TimeoutException($"{Active} requests are at the image and none was answered for {seconds:0.###} s."));
            }
        }
        _watching = false;
        return 0;
    }
}
