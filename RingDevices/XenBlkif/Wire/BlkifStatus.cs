namespace Tapvisor.RingDevices.XenBlkif.Wire;

/// <summary>How a request ended (public header io/blkif.h).</summary>
internal enum BlkifStatus : short
{
    BLKIF_RSP_OKAY = 0,
    BLKIF_RSP_ERROR = -1,
    BLKIF_RSP_EOPNOTSUPP = -2,
}
