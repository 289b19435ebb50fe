using System.Globalization;
using System.Text;
using Tapvisor.Formats.Vhd;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Printing;

/// <summary>What `vhd-util read -p' shows, as upstream has it to the space (vhd-util-read.c).</summary>
/// <param name="output">Where to.</param>
/// <param name="hex">Numbers in hexadecimal.</param>
internal sealed class HeaderPrinter(TextWriter output, bool hex)
{
    private static readonly string[] s_types =
    [
        "None", "Reserved (deprecated)", "Fixed hard disk", "Dynamic hard disk", "Differencing hard disk", "Reserved (deprecated)",
        "Reserved (deprecated)",
    ];

    /// <summary>A number as C's %llu or %#llx has it.</summary>
    public string Number(ulong number) => !hex ? $"{number}" : number == 0 ? "0" : $"0x{number:x}";

    /// <summary>Everything.</summary>
    public void Print(VhdImage image)
    {
        Print(image.Footer);
        if (!image.Footer.IsSparse)
            return;
        Print(image.Header);
        if (image.Footer.IsDifferencing)
            PrintLocators(image);
        if (image.Footer.Batmap == BatmapPresence.Yes || image.Metadata.BatmapHeader is not null)
            PrintBatmap(image);
    }

    public void Print(VhdFooter footer)
    {
        Title("VHD Footer Summary:", 19);
        Line("Cookie", CText(footer.Bytes[..8]));
        string temporary = (footer.Features & HD_TEMPORARY) != 0 ? "<TEMP>" : "";
        string reserved = (footer.Features & HD_RESERVED) != 0 ? "<RESV>" : "";
        Line("Features", $"(0x{footer.Features:x8}) {temporary}{reserved}");
        Line("File format version", Version(footer.FileFormatVersion));
        Line("Data offset", Number(footer.DataOffset));
        Line("Timestamp", Time(footer.Timestamp));
        Line("Creator Application", $"'{CText(footer.CreatorApplication)}'");
        Line("Creator version", Version(footer.CreatorVersion));
        Line("Creator OS", footer.CreatorOs switch { HD_CR_OS_WINDOWS => "Windows", HD_CR_OS_MACINTOSH => "Macintosh", _ => "Unknown!" });
        Line("Original disk size", Size(footer.OriginalSize));
        Line("Current disk size", Size(footer.CurrentSize));
        DiskGeometry geometry = footer.Geometry;
        Line("Geometry", $"Cyl: {Number(geometry.Cylinders)}, Hds: {Number(geometry.Heads)}, Sctrs: {Number(geometry.SectorsPerTrack)}");
        Line("", $"= {Size(geometry.Bytes)}");
        Line("Disk type", footer.Type <= HD_TYPE_MAX ? s_types[footer.Type] : "Unknown type!\n");
        Line("Checksum", Checksum(footer.Checksum, footer.ComputedChecksum));
        Line("UUID", $"{footer.Uuid}");
        Line("Saved state", footer.Saved == 0 ? "No" : "Yes");
        Line("Hidden", $"{footer.Hidden}");
        output.Write("\n");
    }

    public void Print(VhdHeader header)
    {
        Title("VHD Header Summary:", 19);
        Line("Cookie", CText(header.Bytes[..8]));
        Line("Data offset (unusd)", Number(header.DataOffset));
        Line("Table offset", Number(header.TableOffset));
        Line("Header version", $"0x{header.Version:x8}");
        Line("Max BAT size", Number(header.MaxBatSize));
        Line("Block size", $"{Number(header.BlockSize)} ({Number(header.BlockSize >> 20)} MB)");
        Line("Parent name", ParentPath.DecodeName(header.ParentName) ?? "failed to read name");
        Line("Parent UUID", $"{header.ParentUuid}");
        Line("Parent timestamp", Time(header.ParentTimestamp));
        Line("Checksum", Checksum(header.Checksum, header.ComputedChecksum));
        output.Write("\n");
    }

    private void PrintLocators(VhdImage image)
    {
        Title("VHD Parent Locators:", 20);
        for (int i = 0; i < LocatorCount; i++)
        {
            ParentLocator locator = image.Header.GetLocator(i);
            if (!locator.IsUsed)
                continue;
            Line("locator:", $"{i}");
            Line("       code", locator.CodeName);
            Line("       data_space", Number(locator.DataSpace));
            Line("       data_length", Number(locator.DataLength));
            Line("       data_offset", Number(locator.DataOffset));
            if (image.ReadLocator(locator) is { } path)
                Line("       decoded name", path);
            else
                output.Write("failed to read parent name\n");
            output.Write("\n");
        }
    }

    private void PrintBatmap(VhdImage image)
    {
        if (image.Metadata.Batmap is not { } batmap)
        {
            output.Write("failed to get batmap header\n");
            return;
        }

        Title("VHD Batmap Summary:", 19);
        Line("Batmap offset", Number(batmap.Header.Offset));
        Line("Batmap size (secs)", Number(batmap.Header.Sectors));
        Line("Batmap version", $"0x{batmap.Header.Version:x8}");
        if (batmap.Header.KeyHash is { } hash)
        {
            output.Write($"Batmap keyhash nonce: {Convert.ToHexStringLower(hash.Nonce)}\n");
            Line("Batmap keyhash hash", Convert.ToHexStringLower(hash.Hash));
        }

        Line("Checksum", Checksum(batmap.Header.Checksum, batmap.ComputedChecksum));
        output.Write("\n");
    }

    private void Title(string title, int underline) => output.Write($"{title}\n{new string('-', underline)}\n");

    private void Line(string label, string value) => output.Write($"{label,-20}: {value}\n");

    private string Size(ulong bytes) => $"{Number(bytes >> 20)} MB ({Number(bytes)} Bytes)";

    private static string Version(uint version) => $"Major: {version >> 16}, Minor: {version & 0xFFFF}";

    private static string Checksum(uint stored, uint computed) =>
        $"0x{stored:x}|0x{computed:x} ({(stored == computed ? "Good!" : "Bad!")})";

    /// <summary>As ctime(3) has it, in local time.</summary>
    private static string Time(uint timestamp)
    {
        DateTimeOffset time = VhdTime.ToDateTime(timestamp).ToLocalTime();
        return string.Create(CultureInfo.InvariantCulture, $"{time:ddd MMM} {time.Day,2} {time:HH:mm:ss yyyy}");
    }

    private static string CText(ReadOnlySpan<byte> bytes) =>
        Encoding.Latin1.GetString(bytes.IndexOf((byte)0) is >= 0 and int end ? bytes[..end] : bytes);
}
