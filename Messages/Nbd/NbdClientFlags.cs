namespace Tapvisor.Messages.Nbd;

/// <summary>How a client answers the greeting.</summary>
[Flags]
public enum NbdClientFlags : uint
{
    None = 0,
    NBD_FLAG_C_FIXED_NEWSTYLE = 1 << 0,
    NBD_FLAG_C_NO_ZEROES = 1 << 1,
}
