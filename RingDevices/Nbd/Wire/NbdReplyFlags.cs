namespace Tapvisor.RingDevices.Nbd.Wire;

/// <summary>Flags of a chunk.</summary>
[Flags]
internal enum NbdReplyFlags : ushort
{
    None = 0,
    NBD_REPLY_FLAG_DONE = 1 << 0,
}
