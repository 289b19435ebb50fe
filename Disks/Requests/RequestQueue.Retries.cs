using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.Disks.Requests;

/// <summary>
/// Requests that met a passing condition are tried again (upstream tapdisk_vbd_request_should_retry: EAGAIN, EBUSY and EINTR, at most
/// once a second, until the request's time is up). So are writes that found no space, where that is configured. A paused or faulted queue
/// keeps them for the next image.
/// </summary>
public sealed partial class RequestQueue
{
    private readonly RequestList _due = new();
    private bool _retryTimer;

    private static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    private static bool IsPassing(int errno) => errno is Errno.EAGAIN or Errno.EBUSY or Errno.EINTR;

    /// <summary>The request's time begins with its first failure: waiting for an image is not the storage's fault.</summary>
    private bool MayRetry(BlockRequest request, int errno)
    {
        TimeSpan patience = IsPassing(errno) ? RequestTimeout
            : errno == Errno.ENOSPC && request.IsMutation ? _options.SpaceTimeout
            : TimeSpan.Zero;
        if (patience == TimeSpan.Zero)
            return false;
        if (request.RetryUntil == 0)
            request.RetryUntil = Engine.Now + Nanoseconds(patience);
        return Engine.Now < request.RetryUntil;
    }

    private void Retry(BlockRequest request)
    {
        if (request.Owner!.IsWithdrawn)
        {
            Answer(request, Errno.ECANCELED);
            return;
        }
        Statistics.Retried++;
        request.RetryAt = Engine.Now + Nanoseconds(_options.RetryInterval);
        _retrying.Insert(request);
        if (_retryTimer)
            return;
        _retryTimer = true;
        _ = RetryAsync();
    }

    private async IoTask<int> RetryAsync()
    {
        while (_retrying.Count > 0 && await _timers.DelayAsync(_options.RetryInterval) >= 0)
        {
            // By way of a second list, because those that are not due or fail again go back into the first.
            while (_retrying.TakeFirst() is { } waiting)
                _due.Insert(waiting);
            while (_due.TakeFirst() is { } due)
                RetryOrWait(due);
        }
        _retryTimer = false;
        return 0;
    }

    private void RetryOrWait(BlockRequest request)
    {
        if (request.RetryAt > Engine.Now)
            _retrying.Insert(request);
        else if (State == RequestQueueState.Running)
            Dispatch(request);
        else if (State == RequestQueueState.Failed)
            Answer(request, _failure);
        else
            HoldBack(request);
    }
}
