using System.Runtime.InteropServices;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using Tmds.Linux;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>
/// One operation in flight, pooled by its engine. What is done only in part (short reads and writes, interrupted calls, sends to a
/// full socket) is submitted again from here, for every kind of engine alike.
/// </summary>
internal sealed unsafe class PosixOperation(PosixEngine engine, int index) : IoSource<int>, IHelperWork
{
    internal PosixOpcode Opcode;
    internal PosixHandle Handle = null!;

    /// <summary>Memory, or what the opcode says.</summary>
    internal nint Address;
    internal int Length;
    internal long Offset;
    internal int Flags;

    /// <summary>Bytes moved by earlier submissions.</summary>
    internal int Done;
    internal bool InFlight;
    internal PosixOperation? NextFree;

    private MessageBlock* _message;
    private iovec* _cutVector;
    private iovec _uncut;
    private int _helperResult;
    private uint _generation;

    /// <summary>Names this use of the operation to the kernel: a late cancellation must not hit the next use.</summary>
    internal ulong UserData => ((ulong)_generation << 32) | (uint)index;

    internal int Index => index;

    /// <summary>Memory still to fill or to write.</summary>
    internal void* Memory => (byte*)Address + Done;

    internal uint Remaining => (uint)(Length - Done);

    /// <summary>The message of a Send or ReceiveMessage.</summary>
    internal msghdr* Message => &_message->Header;

    internal bool IsFileOperation => Opcode <= PosixOpcode.Allocate;

    private bool MovesBytes => Opcode is PosixOpcode.Read or PosixOpcode.Write or PosixOpcode.Receive or PosixOpcode.Send;

    /// <summary>Readies the message for a send of <paramref name="count"/> vectors at <see cref="Address"/>.</summary>
    internal void PrepareSend(int count)
    {
        msghdr* header = ClearMessage();
        header->msg_iov = (iovec*)Address;
        header->msg_iovlen = count;
    }

    /// <summary>Readies the message for one buffer and one descriptor.</summary>
    internal void PrepareReceiveMessage()
    {
        msghdr* header = ClearMessage();
        _message->Vector = new iovec { iov_base = (void*)Address, iov_len = Length };
        header->msg_iov = &_message->Vector;
        header->msg_iovlen = 1;
        header->msg_control = &_message->Control;

        // C's CMSG_LEN, not CMSG_SPACE: in the padding the kernel would put a second descriptor. Tmds.LibC's CMSG_LEN includes the padding.
        header->msg_controllen = sizeof(cmsghdr) + sizeof(int);
    }

    /// <summary>
    /// The kernel is done with this submission: goes on with the rest, or ends the operation and resumes its waiter. Engine's thread.
    /// </summary>
    internal void OnResult(int result)
    {
        if (result > 0 && MovesBytes)
            Done += result;
        if (!IsUnfinished(result))
        {
            End(result < 0 ? result : Value(result));
            return;
        }
        if (Handle.IsRefusing)
        {
            End(-Errno.ECANCELED);
            return;
        }
        if (Opcode == PosixOpcode.Send)
            CutVector();
        engine.Submit(this);
    }

    /// <summary>A helper thread has the result.</summary>
    internal override void Resume() => OnResult(_helperResult);

    void IHelperWork.Execute()
    {
        var vector = new iovec { iov_base = Memory, iov_len = Remaining };
        nint result = Opcode switch
        {
            PosixOpcode.Read => preadv2(Handle.Fd, &vector, 1, Offset + Done, Flags),
            PosixOpcode.Write => pwritev2(Handle.Fd, &vector, 1, Offset + Done, Flags),
            PosixOpcode.Sync => fdatasync(Handle.Fd),
            _ => fallocate(Handle.Fd, Flags, Offset, Address),
        };
        _helperResult = result < 0 ? -errno : (int)result;

        // An engine that stops waits for its helpers; if it ran out of patience nobody waits for the result.
        _ = engine.TryPost(this);
    }

    internal void Free()
    {
        NativeMemory.Free(_message);
        _message = null;
    }

    protected override void Recycle()
    {
        Handle = null!;
        engine.Return(this);
    }

    private msghdr* ClearMessage()
    {
        if (_message is null)
            _message = (MessageBlock*)NativeMemory.Alloc((nuint)sizeof(MessageBlock));
        *_message = default;
        return &_message->Header;
    }

    private void End(int result)
    {
        RestoreVector();
        InFlight = false;
        _generation++;
        engine.OperationEnded();
        Handle.Leave();
        Handle.Scope.Leave();
        Complete(result);
    }

    private bool IsUnfinished(int result)
    {
        if (result == -Errno.EINTR || (result == -Errno.EAGAIN && IsFileOperation))
            return true;
        if (result <= 0 || Done == Length)
            return false;
        return Opcode switch
        {
            // A direct read that ends off the alignment met the end of the file; going on from there would be refused.
            PosixOpcode.Read => !Handle.IsDirect || (Offset + Done) % Handle.Alignment == 0,
            PosixOpcode.Write or PosixOpcode.Send => true,
            PosixOpcode.Receive => (Flags & MSG_WAITALL) != 0,
            _ => false,
        };
    }

    private int Value(int result) => Opcode switch
    {
        // Only a full device writes nothing and calls that a success.
        PosixOpcode.Write when Done < Length => -Errno.ENOSPC,
        PosixOpcode.Read or PosixOpcode.Write or PosixOpcode.Receive or PosixOpcode.Send => Done,
        PosixOpcode.ReceiveMessage => TakeDescriptor(result),
        _ => result,
    };

    private int TakeDescriptor(int length)
    {
        cmsghdr* control = &_message->Control;
        bool passed = _message->Header.msg_controllen >= (uint)(sizeof(cmsghdr) + sizeof(int))
            && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS;
        if (passed)
            return *(int*)_message->ControlData;
        return length == 0 ? -Errno.ENOTCONN : -Errno.ENOMSG;
    }

    /// <summary>Points the message behind what has been sent, cutting the vector that was sent in part.</summary>
    private void CutVector()
    {
        RestoreVector();
        iovec* end = Message->msg_iov + Message->msg_iovlen;
        var vector = (iovec*)Address;
        size_t sent = Done;
        while (sent >= vector->iov_len)
        {
            sent -= vector->iov_len;
            vector++;
        }
        _cutVector = vector;
        _uncut = *vector;
        vector->iov_base = (byte*)vector->iov_base + (ulong)sent;
        vector->iov_len -= sent;
        Message->msg_iov = vector;
        Message->msg_iovlen = (int)(end - vector);
    }

    private void RestoreVector()
    {
        if (_cutVector is null)
            return;
        *_cutVector = _uncut;
        _cutVector = null;
    }

    private struct MessageBlock
    {
        internal msghdr Header;
        internal iovec Vector;
        internal cmsghdr Control;
        internal fixed byte ControlData[8];
    }
}
