using System.Buffers.Binary;
using System.Numerics;

namespace Tapvisor.Formats.Vhd;

/// <summary>
/// Bits as the format packs them, the first in the highest bit of a byte: a block's sector bitmap, where 1 means that this file holds the
/// sector, and the batmap, where 1 means that it holds the whole block.
/// </summary>
public static class SectorBitmap
{
    private const int WordBits = 64;

    public static bool Test(ReadOnlySpan<byte> map, int bit) => (map[bit >> 3] & (0x80 >> (bit & 7))) != 0;

    public static void Set(Span<byte> map, int bit) => map[bit >> 3] |= (byte)(0x80 >> (bit & 7));

    public static void Clear(Span<byte> map, int bit) => map[bit >> 3] &= (byte)~(0x80 >> (bit & 7));

    /// <summary>Sets <paramref name="count"/> bits from <paramref name="first"/> on.</summary>
    public static void SetRange(Span<byte> map, int first, int count) => Fill(map, first, count, 0xFF);

    /// <summary>Clears <paramref name="count"/> bits from <paramref name="first"/> on.</summary>
    public static void ClearRange(Span<byte> map, int first, int count) => Fill(map, first, count, 0);

    /// <summary>
    /// The first bit from <paramref name="from"/> on, below <paramref name="end"/>, that is as asked; <paramref name="end"/> if none is.
    /// </summary>
    public static int Find(ReadOnlySpan<byte> map, bool value, int from, int end)
    {
        while (from < end)
        {
            if ((from & (WordBits - 1)) == 0 && end - from >= WordBits)
            {
                ulong word = BinaryPrimitives.ReadUInt64BigEndian(map[(from >> 3)..]);
                int skip = BitOperations.LeadingZeroCount(value ? word : ~word);
                if (skip < WordBits)
                    return from + skip;
                from += WordBits;
            }
            else if (Test(map, from) == value)
            {
                return from;
            }
            else
            {
                from++;
            }
        }

        return end;
    }

    /// <summary>How many bits from <paramref name="from"/> on, below <paramref name="end"/>, are like the first.</summary>
    /// <param name="value">What they are.</param>
    public static int RunLength(ReadOnlySpan<byte> map, int from, int end, out bool value)
    {
        value = Test(map, from);
        return Find(map, !value, from, end) - from;
    }

    /// <summary>Whether the first <paramref name="count"/> bits are all set.</summary>
    public static bool IsFull(ReadOnlySpan<byte> map, int count) => Find(map, value: false, 0, count) == count;

    /// <summary>How many of the first <paramref name="count"/> bits are set.</summary>
    public static int Count(ReadOnlySpan<byte> map, int count)
    {
        int set = 0;
        int bit = 0;
        for (; count - bit >= WordBits; bit += WordBits)
            set += BitOperations.PopCount(BinaryPrimitives.ReadUInt64BigEndian(map[(bit >> 3)..]));
        for (; bit < count; bit++)
            set += Test(map, bit) ? 1 : 0;
        return set;
    }

    private static void Fill(Span<byte> map, int first, int count, byte value)
    {
        int end = first + count;
        for (; first < end && (first & 7) != 0; first++)
            Put(map, first, value);
        if (end - first >= 8)
            map[(first >> 3)..(end >> 3)].Fill(value);
        for (first = Math.Max(first, end & ~7); first < end; first++)
            Put(map, first, value);
    }

    private static void Put(Span<byte> map, int bit, byte value)
    {
        if (value != 0)
            Set(map, bit);
        else
            Clear(map, bit);
    }
}
