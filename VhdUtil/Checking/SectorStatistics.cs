namespace Tapvisor.VhdUtil.Checking;

/// <summary>Which sectors a file of a chain holds, for `check -s'.</summary>
/// <param name="name">The file's.</param>
/// <param name="sectors">Of the disk.</param>
internal sealed class SectorStatistics(string name, long sectors)
{
    public string Name { get; } = name;

    /// <summary>Sectors of the blocks that are in the file.</summary>
    public long Allocated { get; set; }

    /// <summary>Sectors that bitmaps show as written.</summary>
    public long Written { get; set; }

    /// <summary>Which; one bit each.</summary>
    public byte[] Map { get; } = new byte[(sectors + 7) >> 3];

    /// <summary>Shows a chain, the base first, each file against the one before it (vhd_util_check_stats_print).</summary>
    public static void Print(TextWriter output, IReadOnlyList<SectorStatistics> chain)
    {
        if (chain.Count == 0)
            return;
        SectorStatistics first = chain[0];
        output.Write($"{first.Title}\n");
        byte[] seen = [.. first.Map];
        for (int i = 1; i < chain.Count; i++)
        {
            (long notInParent, long notInAncestors) = (0, 0);
            byte[] map = chain[i].Map;
            for (int b = 0; b < map.Length; b++)
            {
                notInParent += Bits(map[b] & ~At(chain[i - 1].Map, b));
                notInAncestors += Bits(map[b] & ~At(seen, b));
                if (b < seen.Length)
                    seen[b] |= map[b];
            }

            output.Write(
                $"{chain[i].Title} secs not in parent: 0x{notInParent:x} ({Percent(notInParent, chain[i].Written)})"
                + $" secs not in ancestors: 0x{notInAncestors:x} ({Percent(notInAncestors, chain[i].Written)})\n");
        }
    }

    private string Title =>
        $"{Path.GetFileName(Name)}: secs allocated: 0x{Allocated:x} secs written: 0x{Written:x} ({Percent(Written, Allocated)})";

    private static int Bits(int value) => System.Numerics.BitOperations.PopCount((uint)value & 0xFF);

    private static byte At(byte[] map, int index) => index < map.Length ? map[index] : (byte)0;

    private static string Percent(long part, long whole) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(whole == 0 ? 0 : (double)part / whole * 100):F2}%");
}
