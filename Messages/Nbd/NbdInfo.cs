namespace Tapvisor.Messages.Nbd;

/// <summary>What an export tells of itself in NBD_REP_INFO.</summary>
public enum NbdInfo : ushort
{
    NBD_INFO_EXPORT = 0,
    NBD_INFO_NAME = 1,
    NBD_INFO_DESCRIPTION = 2,
    NBD_INFO_BLOCK_SIZE = 3,
}
