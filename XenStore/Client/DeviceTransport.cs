using System.Collections.Concurrent;
using Tapvisor.Native;
using Tmds.Linux;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.XenStore.Client;

/// <summary>
/// The kernel's way to the store, /dev/xen/xenbus. It is a stream without position that poll(2) never calls writable, and a read of it
/// blocks: a thread of its own waits for what arrives. Closing drops this descriptor's watches and transactions.
/// </summary>
internal sealed unsafe class DeviceTransport : IXenStoreTransport
{
    private readonly int _fd;
    private readonly int _stop;
    private readonly BlockingCollection<Reading> _readings = [];
    private readonly Thread _thread;

    /// <summary>Takes over an open descriptor.</summary>
    internal DeviceTransport(int fd)
    {
        _fd = fd;
        _stop = eventfd(0, EFD_CLOEXEC);
        if (_stop < 0)
            throw Broken("eventfd");
        _thread = new Thread(Run) { IsBackground = true, Name = "xenbus" };
        _thread.Start();
    }

    // The kernel counts the header, too (linux/drivers/xen/xenbus/xenbus_dev_frontend.c, struct xenbus_file_priv).
    public int MaxMessage => XenStoreLimits.Payload;

    // The kernel passes a message on later, and until then keeps its body in the descriptor's only buffer, where the next write would
    // overwrite it (xenbus_xs.c, xenbus_dev_request_and_reply): two transactions' ends got mixed up so in the lab.
    public bool TakesSeveral => false;

    /// <exception cref="IOException">The device cannot be opened.</exception>
    internal static DeviceTransport Open(string path)
    {
        int fd = open(path, O_RDWR | O_CLOEXEC, 0);
        return fd >= 0 ? new DeviceTransport(fd) : throw Broken($"open '{path}'");
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        var reading = new Reading(buffer, new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            _readings.Add(reading);
        }
        catch (InvalidOperationException)
        {
            return new(0);
        }
        return new(reading.Done.Task);
    }

    /// <summary>In one write(2): the kernel takes a message whole and does not wait for the store.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> message)
    {
        fixed (byte* bytes = message.Span)
        {
            for (int done = 0; done < message.Length;)
            {
                long written = write(_fd, bytes + done, message.Length - done);
                if (written < 0 && errno != Errno.EINTR)
                    throw Broken("write to xenbus");
                done += (int)Math.Max(written, 0);
            }
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        ulong one = 1;
        if (write(_stop, &one, sizeof(ulong)) < 0)
            throw Broken("wake the xenbus thread");
        _readings.CompleteAdding();
        _thread.Join();
        _ = close(_fd);
        _ = close(_stop);
        _readings.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IOException Broken(string what) => new($"{what}: {Errno.Describe(errno)}");

    private void Run()
    {
        foreach (Reading reading in _readings.GetConsumingEnumerable())
        {
            try
            {
                reading.Done.SetResult(Read(reading.Buffer));
            }
            catch (IOException e)
            {
                reading.Done.SetException(e);
            }
        }
    }

    private int Read(Memory<byte> buffer)
    {
        pollfd* waits = stackalloc pollfd[2];
        waits[0] = new pollfd { fd = _fd, events = POLLIN };
        waits[1] = new pollfd { fd = _stop, events = POLLIN };
        while (LinuxCalls.poll(waits, 2, -1) < 0)
        {
            if (errno != Errno.EINTR)
                throw Broken("poll xenbus");
        }
        if (waits[1].revents != 0)
            return 0;
        fixed (byte* bytes = buffer.Span)
        {
            for (;;)
            {
                long count = read(_fd, bytes, buffer.Length);
                if (count >= 0)
                    return (int)count;
                if (errno != Errno.EINTR)
                    throw Broken("read from xenbus");
            }
        }
    }

    private sealed record Reading(Memory<byte> Buffer, TaskCompletionSource<int> Done);
}
