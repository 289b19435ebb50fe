namespace Tapvisor.RingDevices.XenBlkif.Wire;

/// <summary>What a request asks for (public header io/blkif.h).</summary>
internal enum BlkifOp : byte
{
    BLKIF_OP_READ = 0,
    BLKIF_OP_WRITE = 1,
    BLKIF_OP_WRITE_BARRIER = 2,
    BLKIF_OP_FLUSH_DISKCACHE = 3,
    BLKIF_OP_DISCARD = 5,
    BLKIF_OP_INDIRECT = 6,
}
