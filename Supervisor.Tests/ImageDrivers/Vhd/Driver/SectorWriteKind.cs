namespace Tapvisor.Tests.ImageDrivers.Vhd.Driver;

internal enum SectorWriteKind
{
    Data,
    Zero,
    Discard,
}
