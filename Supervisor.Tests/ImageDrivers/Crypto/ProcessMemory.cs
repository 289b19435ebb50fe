using System.Globalization;
using System.Runtime.InteropServices;

namespace Tapvisor.Tests.ImageDrivers.Crypto;

/// <summary>This process's own memory, as a debugger would read it.</summary>
internal static unsafe class ProcessMemory
{
    private const int ChunkSize = 1 << 20;

    /// <summary>How often some bytes stand at an address divisible by 4 in writable memory.</summary>
    /// <param name="inverted">They, with every bit inverted, so that this is no occurrence itself.</param>
    internal static int Count(ReadOnlySpan<byte> inverted)
    {
        int count = 0;
        var chunk = new Span<byte>(NativeMemory.Alloc(ChunkSize), ChunkSize);
        fixed (byte* address = chunk)
        {
            using var memory = File.OpenHandle("/proc/self/mem");
            foreach ((long start, long end) in WritableRanges())
            {
                for (long at = start; at < end; at += ChunkSize)
                {
                    // The chunk holds copies of what was read before.
                    if (at < (long)address + ChunkSize && (long)address < at + ChunkSize)
                        continue;
                    int read = RandomAccess.Read(memory, chunk[..(int)Math.Min(ChunkSize, end - at)], at);
                    count += CountIn(chunk[..read], inverted);
                }
            }

            NativeMemory.Free(address);
        }

        return count;
    }

    private static List<(long Start, long End)> WritableRanges() =>
    [
        .. File.ReadAllLines("/proc/self/maps")
            .Select(line => line.Split(' ', '-'))
            .Where(fields => fields[2].StartsWith("rw", StringComparison.Ordinal))
            .Select(fields => (
                long.Parse(fields[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                long.Parse(fields[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture))),
    ];

    private static int CountIn(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> inverted)
    {
        var words = MemoryMarshal.Cast<byte, uint>(bytes);
        var sought = MemoryMarshal.Cast<byte, uint>(inverted);
        uint first = ~sought[0];
        int count = 0;
        for (int at = words.IndexOf(first); at >= 0;)
        {
            int matching = 0;
            while (matching < sought.Length && at + matching < words.Length && words[at + matching] == ~sought[matching])
                matching++;
            count += matching == sought.Length ? 1 : 0;
            int next = words[(at + 1)..].IndexOf(first);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return count;
    }
}
