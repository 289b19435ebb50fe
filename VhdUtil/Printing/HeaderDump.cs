using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Printing;

/// <summary>Shows as footer and header whatever lies where they should be (vhd-util-read.c, vhd_dump_headers).</summary>
internal static class HeaderDump
{
    public static void Print(HeaderPrinter printer, string path)
    {
        try
        {
            using VhdImageFile file = VhdImageFile.Open(path, ImageAccess.Read);
            long length = file.Length;
            VhdFooter footer = ReadFooter(file, Math.Max(0, length - FooterSize));
            if (!footer.IsValid && ReadFooter(file, 0) is { IsValid: true } copy)
                footer = copy;
            byte[] header = new byte[HeaderSize];
            file.ReadPadded(
                footer.IsValid && footer.IsSparse && footer.DataOffset < (ulong)length ? (long)footer.DataOffset : FooterSize, header);
            printer.Print(footer);
            printer.Print(new VhdHeader(header));
        }
        catch (BlockException)
        {
            // That the file cannot be opened has just been said.
        }
    }

    private static VhdFooter ReadFooter(VhdImageFile file, long offset)
    {
        byte[] bytes = new byte[FooterSize];
        file.ReadPadded(offset, bytes);
        return new VhdFooter(bytes);
    }
}
