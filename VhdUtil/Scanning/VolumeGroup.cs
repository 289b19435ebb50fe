using System.Diagnostics;
using System.Globalization;
using Tapvisor.Native;

namespace Tapvisor.VhdUtil.Scanning;

/// <summary>The logical volumes of a group, as LVM's own commands list them (lvm/lvm-util.c).</summary>
internal static class VolumeGroup
{
    /// <exception cref="BlockException">EINVAL: there is no such group, or LVM says something unexpected.</exception>
    public static IReadOnlyList<ScanTarget> List(string group)
    {
        List<string[]> lines = Run("vgs", group, "vg_name,vg_extent_size,lv_count,pv_count,pv_name,pe_start");
        Dictionary<string, long> starts = [];
        long extentSize = 0;
        foreach (string[] fields in lines)
        {
            if (fields.Length != 6 || fields[0] != group)
                throw Unexpected("vgs", fields);
            extentSize = Number("vgs", fields, 1);
            starts[fields[4]] = Number("vgs", fields, 5);
        }

        if (lines.Count == 0)
            throw new BlockException(BlockErrorKind.NotFound, Errno.EINVAL, $"There is no volume group '{group}'.");
        List<ScanTarget> volumes = [];
        foreach (string[] fields in Run("lvs", group, "lv_name,lv_size,segtype,seg_count,seg_start,seg_size,devices"))
        {
            if (fields.Length != 7)
                throw Unexpected("lvs", fields);
            if (Number("lvs", fields, 4) != 0 || fields[2] != "linear")
                continue;
            string[] place = fields[6].Split('(', ')', ',');
            if (place.Length < 2 || !starts.TryGetValue(place[0], out long start)
                || !long.TryParse(place[1], NumberStyles.None, CultureInfo.InvariantCulture, out long extent))
                throw Unexpected("lvs", fields);
            volumes.Add(new ScanTarget(
                fields[0], place[0], start + extent * extentSize, Number("lvs", fields, 5), Number("lvs", fields, 1), IsRaw: false,
                    IsVolume: true));
        }

        return volumes;
    }

    private static List<string[]> Run(string program, string group, string columns)
    {
        ProcessStartInfo start = new(program, [group, "--noheadings", "--nosuffix", "--units=b", $"--options={columns}", "--unbuffered"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start) ?? throw new InvalidOperationException();
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            List<string[]> lines = [];
            while (process.StandardOutput.ReadLine() is { } line)
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } fields)
                    lines.Add(fields);
            process.WaitForExit();
            return lines;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new BlockException(BlockErrorKind.NotFound, Errno.ENOENT, $"'{program}' cannot be run: {e.Message}", e);
        }
    }

    private static long Number(string program, string[] fields, int index) =>
        long.TryParse(fields[index], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
            : throw Unexpected(program, fields);

    private static BlockException Unexpected(string program, string[] fields) =>
        new(BlockErrorKind.Unsupported, Errno.EINVAL, $"{program} said something unexpected: '{string.Join(' ', fields)}'");
}
