using System.Buffers.Binary;

namespace Tapvisor.Formats.Vhd;

/// <summary>The ones' complement of the sum of a structure's bytes.</summary>
internal static class VhdChecksum
{
    /// <summary>Of bytes that do not hold the checksum themselves.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Sum(bytes);

    /// <summary>Of a structure whose checksum lies at <paramref name="field"/> and counts as zero.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes, int field) => ~(Sum(bytes) - Sum(bytes.Slice(field, sizeof(uint))));

    /// <summary>With bytes taken as signed, as batmaps of version 1.1 have it.</summary>
    public static uint ComputeSigned(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        foreach (byte b in bytes)
            sum += unchecked((uint)(sbyte)b);
        return ~sum;
    }

    /// <summary>Computes and stores the checksum of a structure.</summary>
    public static void Seal(Span<byte> bytes, int field) =>
        BinaryPrimitives.WriteUInt32BigEndian(bytes.Slice(field, sizeof(uint)), Compute(bytes, field));

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        foreach (byte b in bytes)
            sum += b;
        return sum;
    }
}
