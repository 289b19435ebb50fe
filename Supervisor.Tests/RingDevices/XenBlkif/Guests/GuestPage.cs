namespace Tapvisor.Tests.RingDevices.XenBlkif.Guests;

/// <summary>A page that a guest grants to its backend.</summary>
internal sealed unsafe record GuestPage(uint Gref, nint Address)
{
    internal const int Size = 4096;

    internal Span<byte> Bytes => new((void*)Address, Size);
}
