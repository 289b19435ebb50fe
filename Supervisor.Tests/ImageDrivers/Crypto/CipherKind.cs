namespace Tapvisor.Tests.ImageDrivers.Crypto;

/// <summary>The implementations of <see cref="Tapvisor.ImageDrivers.Crypto.SectorCipher"/>, all of which must give the same bytes.</summary>
public enum CipherKind
{
    Intrinsic,
    Portable,
}
