namespace Tapvisor.RingDevices.Nbd.Wire;

/// <summary>Types of chunks of a structured reply; those with bit 15 are errors.</summary>
internal enum NbdReplyType : ushort
{
    NBD_REPLY_TYPE_NONE = 0,
    NBD_REPLY_TYPE_OFFSET_DATA = 1,
    NBD_REPLY_TYPE_BLOCK_STATUS = 5,
    NBD_REPLY_TYPE_ERROR = 0x8001,
}
