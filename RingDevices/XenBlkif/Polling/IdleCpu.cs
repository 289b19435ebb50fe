using System.Buffers.Text;
using System.Diagnostics;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.RingDevices.XenBlkif.Polling;

/// <summary>
/// How much of this machine's processors is idle. From upstream's cpumond where that runs (a float at offset 4 of the shared memory
/// /cpu_util_monitor: cpumond/cpumond.h), else from /proc/stat. Looked at once a second at most; any thread.
/// </summary>
internal sealed unsafe class IdleCpu(string monitor = "/dev/shm/cpu_util_monitor", string stat = "/proc/stat")
{
    private const int IdleOffset = 4;
    private const int BufferSize = 512;

    private readonly Lock _guard = new();
    private long _lookedAt;
    private double _percent;
    private ulong _total;
    private ulong _idle;

    /// <summary>Percent.</summary>
    internal double Percent
    {
        get
        {
            if (_lookedAt == 0 || Stopwatch.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= TimeSpan.FromSeconds(1))
                Look();
            return Volatile.Read(ref _percent);
        }
    }

    /// <summary>Understands the first line of /proc/stat: the name, then user, nice, system, idle, iowait, … in ticks.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, out ulong total, out ulong idle)
    {
        total = 0;
        idle = 0;
        if (!text.StartsWith("cpu "u8))
            return false;
        text = text[3..];
        for (int column = 0; ; column++)
        {
            text = text.TrimStart((byte)' ');
            if (!Utf8Parser.TryParse(text, out ulong ticks, out int length))
                return column > 4;

            // Guests' time is counted as user time already.
            if (column < 8)
                total += ticks;
            if (column is 3 or 4)
                idle += ticks;
            text = text[length..];
        }
    }

    private void Look()
    {
        // Whoever comes while another looks takes the last answer: an engine's thread does not wait for that.
        if (!_guard.TryEnter())
            return;
        try
        {
            Volatile.Write(ref _lookedAt, Stopwatch.GetTimestamp());
            byte* bytes = stackalloc byte[BufferSize];
            if (Read(monitor, bytes) >= IdleOffset + sizeof(float) && float.IsFinite(*(float*)(bytes + IdleOffset)))
            {
                Volatile.Write(ref _percent, *(float*)(bytes + IdleOffset));
                return;
            }
            int length = Read(stat, bytes);
            if (length > 0 && TryParse(new ReadOnlySpan<byte>(bytes, length), out ulong total, out ulong idle) && total > _total)
            {
                Volatile.Write(ref _percent, 100.0 * (idle - _idle) / (total - _total));
                _total = total;
                _idle = idle;
            }
        }
        finally
        {
            _guard.Exit();
        }
    }

    private static int Read(string path, byte* bytes)
    {
        int descriptor = open(path, O_RDONLY | O_CLOEXEC, 0);
        if (descriptor < 0)
            return -1;
        var length = (int)read(descriptor, bytes, BufferSize);
        _ = close(descriptor);
        return length;
    }
}
