namespace Tapvisor.Messages.Nbd;

/// <summary>Flags of a request.</summary>
[Flags]
public enum NbdCommandFlags : ushort
{
    None = 0,
    NBD_CMD_FLAG_FUA = 1 << 0,
    NBD_CMD_FLAG_NO_HOLE = 1 << 1,
    NBD_CMD_FLAG_DF = 1 << 2,
    NBD_CMD_FLAG_REQ_ONE = 1 << 3,
    NBD_CMD_FLAG_FAST_ZERO = 1 << 4,
}
