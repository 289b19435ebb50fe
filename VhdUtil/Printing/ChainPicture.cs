using System.Globalization;
using Tapvisor.Formats.Vhd;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Printing;

/// <summary>What `vhd-util info' shows of each file of a chain.</summary>
/// <param name="output">Where to.</param>
/// <param name="width">Columns that it should fit into.</param>
internal sealed class ChainPicture(TextWriter output, int width)
{
    private const int LongestBar = 60;
    private const int ShortestBar = 8;

    // What is on the line of the bar beside it: the place of a label, and the brackets.
    private const int BesideBar = 16 + 2;
    private static readonly string[] s_units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    public void Print(VhdImage image, int depth, string health)
    {
        VhdFooter footer = image.Footer;
        string type = footer.IsFixed ? "fixed" : footer.IsDifferencing ? "differencing" : "dynamic";
        output.Write($"{depth,2}  {image.Path}  ({type} VHD)\n");
        Line("size", Size(image.Metadata.VirtualSize));
        Line("file", Size((ulong)Math.Max(image.File.Length, 0)));
        if (footer.IsSparse)
        {
            int used = image.Bat.AllocatedCount;
            int total = image.Bat.Count;
            Line("blocks", $"{used} of {total} of {Size(image.Header.BlockSize)}, {Percent(used, total)}");
            Line("", $"[{Bar(image)}]");
            if ((ulong)image.Header.MaxBatSize * image.Header.BlockSize is var limit && limit > image.Metadata.VirtualSize)
                Line("can grow", $"to {Size(limit)} without moving anything");
        }

        Line("uuid", footer.Uuid.ToString());
        Line("created", $"{VhdTime.ToDateTime(footer.Timestamp):yyyy-MM-dd HH:mm:ss} UTC by '{Creator(footer)}'");
        if (footer.Hidden != 0)
            Line("hidden", "yes: only its children need it");
        if (image.Metadata.BatmapHeader?.KeyHash is { } hash)
            Line("encrypted", $"key hash {Convert.ToHexStringLower(hash.Hash)[..16]}…");
        Line("health", footer.IsDisabled ? "disabled: an interrupted resize has to be reverted" : health);
    }

    public void PrintRaw(VhdImageFile file, int depth)
    {
        output.Write($"{depth,2}  {file.Path}  (raw)\n");
        Line("size", Size((ulong)file.Length));
    }

    /// <summary>Where on the disk there are blocks: each character is a stretch of it.</summary>
    private string Bar(VhdImage image)
    {
        int room = Math.Clamp(width - BesideBar, ShortestBar, LongestBar);
        return string.Create(Math.Min(room, Math.Max(1, image.Bat.Count)), image.Bat, (bar, bat) =>
        {
            for (int i = 0; i < bar.Length; i++)
            {
                int first = (int)((long)bat.Count * i / bar.Length);
                int end = Math.Max(first + 1, (int)((long)bat.Count * (i + 1) / bar.Length));
                int used = 0;
                for (int block = first; block < end && block < bat.Count; block++)
                    used += bat.IsAllocated(block) ? 1 : 0;
                bar[i] = used == 0 ? '.' : used == end - first ? '#' : '+';
            }
        });
    }

    private static string Creator(VhdFooter footer) => System.Text.Encoding.Latin1.GetString(footer.CreatorApplication).TrimEnd('\0', ' ');

    private static string Percent(int part, int whole) =>
        string.Create(CultureInfo.InvariantCulture, $"{(whole == 0 ? 0 : 100.0 * part / whole):F1}%");

    private static string Size(ulong bytes)
    {
        int unit = 0;
        double size = bytes;
        for (; size >= 1024 && unit < s_units.Length - 1; unit++)
            size /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{size:0.##} {s_units[unit]}");
    }

    private void Line(string label, string value) => output.Write($"      {label,-10}{value}\n");
}
