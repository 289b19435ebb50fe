namespace Tapvisor.Messages.Nbd;

/// <summary>Types of replies to options; those with bit 31 are errors.</summary>
public enum NbdOptionReply : uint
{
    NBD_REP_ACK = 1,
    NBD_REP_SERVER = 2,
    NBD_REP_INFO = 3,
    NBD_REP_META_CONTEXT = 4,
    NBD_REP_ERR_UNSUP = 0x80000001,
    NBD_REP_ERR_POLICY = 0x80000002,
    NBD_REP_ERR_INVALID = 0x80000003,
    NBD_REP_ERR_TLS_REQD = 0x80000005,
    NBD_REP_ERR_UNKNOWN = 0x80000006,
    NBD_REP_ERR_TOO_BIG = 0x80000009,
}
