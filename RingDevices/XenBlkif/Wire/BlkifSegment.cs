using System.Runtime.InteropServices;

namespace Tapvisor.RingDevices.XenBlkif.Wire;

/// <summary>A part of a guest's page that data goes to or comes from: struct blkif_request_segment.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
internal struct BlkifSegment
{
    internal const int Size = 8;

    /// <summary>Sectors of 512 bytes in a page.</summary>
    internal const int SectorsPerPage = 8;

    /// <summary>Grant of the page.</summary>
    internal uint Gref;

    /// <summary>First sector of it.</summary>
    internal byte FirstSect;

    /// <summary>Last sector, included.</summary>
    internal byte LastSect;

    internal readonly bool IsSound => FirstSect <= LastSect && LastSect < SectorsPerPage;

    internal readonly int Sectors => LastSect - FirstSect + 1;
}
