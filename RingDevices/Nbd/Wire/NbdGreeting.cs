using System.Buffers.Binary;
using Tapvisor.Messages.Nbd;

namespace Tapvisor.RingDevices.Nbd.Wire;

/// <summary>What a server says first; each method returns the bytes written.</summary>
internal static class NbdGreeting
{
    /// <summary>Fixed newstyle, without the 124 zeroes for clients that can do without.</summary>
    internal static int WriteNewstyle(Span<byte> wire)
    {
        BinaryPrimitives.WriteUInt64BigEndian(wire, NbdMagic.NBD_MAGIC);
        BinaryPrimitives.WriteUInt64BigEndian(wire[8..], NbdMagic.IHAVEOPT);
        BinaryPrimitives.WriteUInt16BigEndian(
            wire[16..], (ushort)(NbdHandshakeFlags.NBD_FLAG_FIXED_NEWSTYLE | NbdHandshakeFlags.NBD_FLAG_NO_ZEROES));
        return NbdMagic.NewstyleGreetingSize;
    }

    /// <summary>Oldstyle: everything at once, and transmission begins.</summary>
    internal static int WriteOldstyle(Span<byte> wire, NbdExport export)
    {
        BinaryPrimitives.WriteUInt64BigEndian(wire, NbdMagic.NBD_MAGIC);
        BinaryPrimitives.WriteUInt64BigEndian(wire[8..], NbdMagic.NBD_OLDSTYLE_MAGIC);
        BinaryPrimitives.WriteUInt64BigEndian(wire[16..], (ulong)export.Length);
        BinaryPrimitives.WriteUInt32BigEndian(wire[24..], (ushort)export.Flags);
        wire.Slice(28, NbdMagic.ReservedZeroes).Clear();
        return NbdMagic.OldstyleGreetingSize;
    }

    /// <summary>The answer to NBD_OPT_EXPORT_NAME, which has no header.</summary>
    internal static int WriteExportName(Span<byte> wire, long length, NbdTransmissionFlags flags, bool zeroes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(wire, (ulong)length);
        BinaryPrimitives.WriteUInt16BigEndian(wire[8..], (ushort)flags);
        if (!zeroes)
            return 10;
        wire.Slice(10, NbdMagic.ReservedZeroes).Clear();
        return 10 + NbdMagic.ReservedZeroes;
    }
}
