using Tapvisor.BlockIo.Engines.Posix;
using Tapvisor.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.BlockIo.Engines.Aio;

/// <summary>
/// What epoll last said about a socket, and who waits for it. Readiness is edge-triggered: a direction counts as ready until a call says
/// EAGAIN, and is asked about only while somebody waits, so that data nobody wants costs nothing.
/// </summary>
internal sealed class AioSocket
{
    internal bool IsReadable { get; set; } = true;

    internal bool IsWritable { get; set; } = true;

    /// <summary>Receives, receives a message, accepts, or polls.</summary>
    internal PosixOperation? Reader { get; set; }

    /// <summary>Sends.</summary>
    internal PosixOperation? Writer { get; set; }

    /// <summary>Waits in the engine's list of sockets to look after.</summary>
    internal bool IsListed { get; set; }

    internal bool HasWork => (Reader is not null && IsReadable) || (Writer is not null && IsWritable);

    internal void Add(PosixOperation operation)
    {
        bool isWriter = operation.Opcode == PosixOpcode.Send;
        if ((isWriter ? Writer : Reader) is not null)
            throw new InvalidOperationException("A socket has two operations in flight in one direction.");
        if (isWriter)
            Writer = operation;
        else
            Reader = operation;
    }

    /// <summary>Takes an operation away that has to end without result.</summary>
    /// <returns>False when it does not wait here.</returns>
    internal bool Remove(PosixOperation operation)
    {
        if (ReferenceEquals(Reader, operation))
            Reader = null;
        else if (ReferenceEquals(Writer, operation))
            Writer = null;
        else
            return false;
        return true;
    }

    internal void Observe(int events)
    {
        int ended = EPOLLERR | EPOLLHUP | EPOLLRDHUP;
        IsReadable |= (events & (EPOLLIN | ended)) != 0;
        IsWritable |= (events & (EPOLLOUT | ended)) != 0;
    }

    /// <summary>Makes the calls that may succeed now.</summary>
    internal void Proceed()
    {
        if (Reader is { } reader && IsReadable)
        {
            int result = Call(reader);
            IsReadable = result != -Errno.EAGAIN;
            if (IsReadable)
            {
                Reader = null;
                reader.OnResult(result);
            }
        }
        if (Writer is { } writer && IsWritable)
        {
            int result = Call(writer);
            IsWritable = result != -Errno.EAGAIN;
            if (IsWritable)
            {
                Writer = null;
                writer.OnResult(result);
            }
        }
    }

    private static unsafe int Call(PosixOperation operation)
    {
        int descriptor = operation.Handle.Fd;
        if (operation.Opcode == PosixOpcode.Poll)
            return Poll(descriptor, operation.Flags);

        // MSG_WAITALL means nothing to a call that does not wait: the operation itself goes on until all is there.
        int flags = (operation.Flags & ~MSG_WAITALL) | MSG_DONTWAIT;
        long result = operation.Opcode switch
        {
            PosixOpcode.Receive => recv(descriptor, operation.Memory, operation.Remaining, flags),
            PosixOpcode.Send => sendmsg(descriptor, operation.Message, flags),
            PosixOpcode.ReceiveMessage => recvmsg(descriptor, operation.Message, flags),
            _ => accept4(descriptor, null, null, operation.Flags),
        };
        return result < 0 ? -errno : (int)result;
    }

    private static unsafe int Poll(int descriptor, int events)
    {
        var asked = new pollfd { fd = descriptor, events = (short)events };
        return LinuxCalls.poll(&asked, 1, 0) switch
        {
            < 0 => -errno,
            0 => -Errno.EAGAIN,
            _ => asked.revents,
        };
    }
}
