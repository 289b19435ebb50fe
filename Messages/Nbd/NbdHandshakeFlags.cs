namespace Tapvisor.Messages.Nbd;

/// <summary>What the server offers in its greeting.</summary>
[Flags]
public enum NbdHandshakeFlags : ushort
{
    NBD_FLAG_FIXED_NEWSTYLE = 1 << 0,
    NBD_FLAG_NO_ZEROES = 1 << 1,
}
