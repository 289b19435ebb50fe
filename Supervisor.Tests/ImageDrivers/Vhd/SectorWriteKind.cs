namespace Tapvisor.Tests.ImageDrivers.Vhd;

internal enum SectorWriteKind
{
    Data,
    Zero,
    Discard,
}
