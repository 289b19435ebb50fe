namespace Tapvisor.Messages;

/// <summary>struct tapdisk_message_image: the size of an open disk.</summary>
/// <param name="Sectors">The disk's size in sectors of <paramref name="SectorSize"/> bytes.</param>
/// <param name="SectorSize">Bytes of a logical sector.</param>
/// <param name="Info">VDISK_* bits for the guest's "info" node; 0.</param>
public readonly record struct TapdiskImage(ulong Sectors, uint SectorSize, uint Info);
