using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;

namespace Tapvisor.Disks.Requests;

/// <summary>A request's way to the image and back to its owner.</summary>
public sealed partial class RequestQueue
{
    private static IoTask<int> ExecuteAsync(IImageDriver image, BlockRequest request) => request.Operation switch
    {
        BlockOperation.Read => image.ReadAsync(request.Offset, request.Buffer),
        BlockOperation.Write => image.WriteAsync(request.Offset, request.Buffer, request.Options),
        BlockOperation.Flush => image.FlushAsync(),
        BlockOperation.Discard => ((IDiscard)image).DiscardAsync(request.Offset, request.Length, request.Options),
        BlockOperation.WriteZeroes => ((IWriteZeroes)image).WriteZeroesAsync(request.Offset, request.Length, request.Options),
        _ => ((IBlockStatus)image).BlockStatusAsync(request.Offset, request.Length, request.Extents!),
    };

    /// <summary>The one gate for range, rights and ability, in this order.</summary>
    /// <returns>0, or the positive errno to refuse with.</returns>
    private int Check(BlockRequest request)
    {
        ImageInfo info = _image!.Info;
        if (request.Operation == BlockOperation.Flush)
            return 0;
        if (request.Offset < 0 || request.Length <= 0 || request.Offset > info.Length || request.Length > info.Length - request.Offset)
            return request.IsMutation ? Errno.ENOSPC : Errno.EINVAL;
        if (request.IsMutation && info.IsReadOnly)
            return Errno.EPERM;
        if (((request.Offset | request.Length) & (info.Alignment - 1)) != 0)
            return Errno.EINVAL;
        bool able = request.Operation switch
        {
            BlockOperation.Discard => CanDiscard,
            BlockOperation.WriteZeroes => CanWriteZeroes,
            BlockOperation.BlockStatus => CanBlockStatus,
            _ => true,
        };
        if (!able)
            return Errno.EOPNOTSUPP;
        bool complete = request.Operation switch
        {
            BlockOperation.Read or BlockOperation.Write => request.Buffer.Length == request.Length,
            BlockOperation.BlockStatus => request.Extents is not null,
            _ => true,
        };
        return complete ? 0 : Errno.EINVAL;
    }

    private void Dispatch(BlockRequest request)
    {
        int error = Check(request);
        if (error != 0)
        {
            Answer(request, error);
            return;
        }
        Active++;
        request.Start.Open();
        Watch();
    }

    /// <summary>The life of a request object: one coroutine for all the requests it will ever carry.</summary>
    private async IoTask<int> ServeAsync(BlockRequest request)
    {
        while (true)
        {
            await request.Start.WaitAsync();
            int result;
            try
            {
                // The image may have been revoked between dispatch and here: then this request never reached it.
                result = _fault is null ? await ExecuteAsync(_image!, request) : -Errno.ECANCELED;
            }
            catch (Exception e)
            {
                // Whatever it was: the request must get back to the queue, or it would never be answered.
                Fault(e);
                result = -Errno.ECANCELED;
            }
            Finish(request, result);
        }
    }

    private void Finish(BlockRequest request, int result)
    {
        Active--;
        _answers++;
        if (result >= 0)
        {
            Answer(request, 0);
        }
        else if (_fault is not null && !IsFinal(request, -result))
        {
            // An error of a revoked driver says nothing about the disk: the guest's request is still owed an answer.
            Statistics.Replayed++;
            HoldBack(request);
        }
        else if (MayRetry(request, -result))
        {
            Retry(request);
        }
        else
        {
            Answer(request, -result);
        }
        if (Active == 0)
        {
            _idle.Open();
            _unwound.Open();
        }
    }

    /// <summary>
    /// A flush that failed by itself is not tried on the next incarnation: the kernel reports a lost write once, to the descriptor that
    /// is now being closed, so the second flush would succeed and the loss would be hidden.
    /// </summary>
    private static bool IsFinal(BlockRequest request, int errno) =>
        request.Operation == BlockOperation.Flush && errno != Errno.ECANCELED && !IsPassing(errno);

    private void Answer(BlockRequest request, int error)
    {
        int operation = (int)request.Operation;
        Statistics.Completed[operation]++;
        Statistics.Nanoseconds[operation] += Engine.Now - request.SubmittedAt;
        if (error != 0)
            Statistics.Failed[operation]++;
        request.Error = error;
        request.Owner!.Completed(request);
    }
}
