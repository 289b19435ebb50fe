using Tapvisor.Native;
using Tapvisor.VhdUtil.Copying;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Scanning;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-scan.c.</summary>
internal sealed class ScanCommand : VhdVerb
{
    private ScanOptions _options;
    private string? _filter;
    private string? _group;
    private IReadOnlyList<string> _names = [];
    private IReadOnlyList<ScanTarget> _volumes = [];

    public override string Name => "scan";

    public override string Usage =>
        "usage: [OPTIONS] FILES\n"
        + "options: [-m match filter] [-f fast] [-c continue on failure] [-l LVM volume] [-p pretty print] [-a scan parents] [-v verbose] "
        + "[-h help] [-M show markers]\n";

    public override string Teaching => """
        Shows a line for each VHD: those named, those that match -m, in a volume group with -l. The line of one that
        cannot be read tells why, and is the last unless -c is given. -p shows who is based on whom, -a adds parents,
        -v shows whole paths, -M markers and key hashes; -f reads only headers.

          vhd-util scan -p -a leaf.vhd
          vhd-util scan -f -c -m '/var/run/sr-mount/*/*.vhd'

        """;

    protected override string Options => "m:fcl:pavMh";

    protected override int HelpExitCode => 0;

    protected override bool IsComplete => _filter is not null || _names.Count > 0;

    private bool NoFail => _options.HasFlag(ScanOptions.NoFail);

    protected override string? Take(char option, string argument)
    {
        switch (option)
        {
            case 'm':
                _filter = argument;
                break;
            case 'l':
                _group = argument;
                _options |= ScanOptions.Volume;
                break;
            default:
                _options |= option switch
                {
                    'f' => ScanOptions.Fast,
                    'c' => ScanOptions.NoFail,
                    'p' => ScanOptions.Pretty,
                    'a' => ScanOptions.Parents,
                    'v' => ScanOptions.Verbose,
                    _ => ScanOptions.Markers,
                };
                break;
        }

        return null;
    }

    protected override bool TakeOperands(IReadOnlyList<string> operands)
    {
        _names = operands;
        return true;
    }

    protected override int Act(VhdContext context)
    {
        if (_options.HasFlag(ScanOptions.Pretty))
            _options &= ~ScanOptions.Fast;
        ScanPrinter printer = new(context.Output, _options);
        List<ScanTarget> targets;
        try
        {
            targets = _group is null ? FindFiles(printer) : FindVolumes(_group);
        }
        catch (BlockException e)
        {
            context.Error.Write($"scan failed: {-e.Errno}. Check syslog for details\n");
            throw;
        }

        int code = 0;
        ProgressDisplay.Run(context, "scanning", null, progress => code = Scan(context, targets, printer, progress));
        return NoFail ? 0 : code;
    }

    private int Scan(VhdContext context, List<ScanTarget> targets, ScanPrinter printer, Action<double> progress)
    {
        ImageScanner scanner = new(_options);
        List<ScannedImage> tree = [];
        HashSet<string> seen = [.. targets.Select(target => Path.GetFileName(target.Name))];
        int code = 0;

        // The list grows by parents.
        for (int i = 0; i < targets.Count && (code == 0 || NoFail); i++)
        {
            progress((double)i / targets.Count);
            ScannedImage image = scanner.Scan(targets[i]);
            code = image.Errno != 0 ? image.Errno : code;
            if (_options.HasFlag(ScanOptions.Pretty) && image.Errno == 0)
                tree.Add(image);
            else
                printer.Print(image);
            if (_options.HasFlag(ScanOptions.Parents) && image.Parent is not null && seen.Add(Path.GetFileName(image.Parent)))
                AddParent(targets, image, printer);
        }

        printer.PrintTrees(tree);
        context.Output.Flush();
        return code;
    }

    private void AddParent(List<ScanTarget> targets, ScannedImage image, ScanPrinter printer)
    {
        try
        {
            ScanTarget parent = _group is null
                ? FileTarget(image.ParentFile ?? image.Parent!)
                : _volumes.FirstOrDefault(volume => volume.Name == image.Parent)
                    ?? throw FileErrors.Of("find the volume", image.Parent!, Errno.ENOENT);
            targets.Add(parent with { IsRaw = image.HasRawParent });
        }
        catch (BlockException e)
        {
            printer.Print(new ScannedImage(image.Parent!) { Errno = e.Errno, Message = "failure scanning target" });
        }
    }

    private List<ScanTarget> FindFiles(ScanPrinter printer)
    {
        List<ScanTarget> targets = [];
        foreach (string path in Paths(printer))
        {
            try
            {
                targets.Add(FileTarget(path));
            }
            catch (BlockException e)
            {
                printer.Print(new ScannedImage(path) { Errno = e.Errno, Message = "failure scanning target" });
                if (!NoFail)
                    throw;
            }
        }

        return targets;
    }

    private IEnumerable<string> Paths(ScanPrinter printer)
    {
        if (_filter is null)
            return _names;
        try
        {
            return Wildcards.Expand(_filter, sort: !_options.HasFlag(ScanOptions.Fast)).Concat(_names);
        }
        catch (BlockException e)
        {
            printer.Print(new ScannedImage(_filter) { Errno = e.Errno, Message = "failure scanning target" });
            throw;
        }
    }

    private static ScanTarget FileTarget(string path)
    {
        FileStatus status = FileStatus.Of(path);
        return new ScanTarget(path, path, 0, status.Size, status.Size, IsRaw: false, IsVolume: false);
    }

    private List<ScanTarget> FindVolumes(string group)
    {
        _volumes = VolumeGroup.List(group);
        IEnumerable<string> patterns = _filter is null ? _names : _names.Prepend(_filter);
        return [.. patterns.SelectMany(pattern => _volumes.Where(volume => Wildcards.Matches(pattern, volume.Name))).Distinct()];
    }
}
