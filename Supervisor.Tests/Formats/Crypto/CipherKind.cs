namespace Tapvisor.Tests.Formats.Crypto;

/// <summary>The implementations of the sector cipher, all of which must give the same bytes.</summary>
public enum CipherKind
{
    Intrinsic,
    Portable,
}
