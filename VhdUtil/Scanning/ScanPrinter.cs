namespace Tapvisor.VhdUtil.Scanning;

/// <summary>The lines that storage managers parse (vhd_util_scan_print_image_indent), and -p's tree of them.</summary>
internal sealed class ScanPrinter(TextWriter output, ScanOptions options)
{
    private const int Indent = 3;

    public void Print(ScannedImage image, int depth = 0, bool parentMissing = false)
    {
        string pad = new(' ', depth * Indent);
        if (image.Errno != 0)
        {
            output.Write($"{pad}vhd={image.Name} scan-error={-image.Errno} error-message='{image.Message}'\n");
            return;
        }

        bool verbose = options.HasFlag(ScanOptions.Verbose);
        string Shown(string path) => verbose ? path : path[(path.LastIndexOf('/') + 1)..];
        string markers = options.HasFlag(ScanOptions.Markers)
            ? $" marker={image.Marker} keyhash={(image.KeyHash is { } hash ? Convert.ToHexStringLower(hash.Hash) : "")}" : "";
        output.Write(
            $"{pad}vhd={Shown(image.Name)} capacity={image.Capacity} size={image.Size} hidden={image.Hidden}{markers} "
            + $"parent={(image.Parent is { } parent ? Shown(parent) : "none")}{(parentMissing ? " (not found in scan)" : "")}\n");
    }

    /// <summary>
    /// Children below their parents, by name, visible ones first; roots that are hidden come first. What is part of a loop is shown as
    /// well, once.
    /// </summary>
    public void PrintTrees(IEnumerable<ScannedImage> images)
    {
        List<ScannedImage> all = [.. images.DistinctBy(image => image.Name).OrderBy(image => image.Name, StringComparer.Ordinal)];
        HashSet<string> names = [.. all.Select(image => image.Name)];
        ILookup<string, ScannedImage> children = all.Where(image => image.Parent is not null).ToLookup(image => image.Parent!);
        HashSet<string> printed = [];
        bool IsRoot(ScannedImage image) => image.Parent is null || !names.Contains(image.Parent);
        IEnumerable<ScannedImage> order = all.Where(image => IsRoot(image) && image.Hidden != 0).Concat(all.Where(IsRoot)).Concat(all);
        foreach (ScannedImage root in order)
        {
            Stack<(ScannedImage Image, int Depth)> pending = new([(root, 0)]);
            while (pending.TryPop(out (ScannedImage Image, int Depth) next))
            {
                if (!printed.Add(next.Image.Name))
                    continue;
                Print(next.Image, next.Depth, next.Image.Parent is { } parent && !names.Contains(parent));
                foreach (ScannedImage child in children[next.Image.Name].OrderBy(child => child.Hidden != 0).Reverse())
                    pending.Push((child, next.Depth + 1));
            }
        }
    }
}
