using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tapvisor.Tests.Formats.Crypto;

/// <summary>A process's memory, as a debugger would read it.</summary>
internal static unsafe class ProcessMemory
{
    private const int ChunkSize = 1 << 20;

    /// <summary>How often some bytes stand at an address divisible by 4 in private writable anonymous memory, stacks included.</summary>
    /// <param name="inverted">They, with every bit inverted, so that this is no occurrence itself.</param>
    /// <param name="process">Its pid, or "self".</param>
    internal static int Count(ReadOnlySpan<byte> inverted, string process = "self")
    {
        int count = 0;
        long chunk = (long)NativeMemory.Alloc(ChunkSize);
        using var memory = File.OpenHandle($"/proc/{process}/mem");
        foreach ((long start, long end) in WritableRanges(process))
        {
            // The chunk itself holds copies of what was read before.
            count += CountBetween(memory, start, Math.Min(end, chunk), chunk, inverted);
            count += CountBetween(memory, Math.Max(start, chunk + ChunkSize), end, chunk, inverted);
        }

        // Or the next count, with a chunk elsewhere, would find what this one has read.
        NativeMemory.Clear((void*)chunk, ChunkSize);
        NativeMemory.Free((void*)chunk);
        return count;
    }

    private static int CountBetween(SafeFileHandle memory, long start, long end, long chunk, ReadOnlySpan<byte> inverted)
    {
        int count = 0;
        for (long at = start; at < end; at += ChunkSize)
        {
            var bytes = new Span<byte>((void*)chunk, (int)Math.Min(ChunkSize, end - at));
            try
            {
                count += CountIn(bytes[..RandomAccess.Read(memory, bytes, at)], inverted);
            }
            catch (IOException)
            {
                // Another thread has unmapped it: whatever it held is gone.
                continue;
            }
        }

        return count;
    }

    private static List<(long Start, long End)> WritableRanges(string process) =>
    [
        .. File.ReadAllLines($"/proc/{process}/maps")
            .Select(line => line.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields is [_, _, "rw", "p", _, _, "0", ..])
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
