using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Checking;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-check.c.</summary>
internal sealed class CheckImageCommand : VhdVerb
{
    private readonly HashSet<char> _flags = [];
    private readonly List<SectorStatistics> _statistics = [];
    private string? _name;

    public override string Name => "check";

    public override string Usage =>
        "options: -n <file> [-i ignore missing primary footers] [-I ignore parent uuids] [-t ignore timestamps] "
        + "[-B do not check BAT for overlapping (precludes -s, -b)] [-p check parents] [-b check bitmaps] [-s stats] [-h help]\n";

    public override string Teaching => """
        Looks for damage, and changes nothing. `NAME is valid' means that footers, headers, tables and parents fit
        together; otherwise the first thing that is wrong is named, followed by the headers. -b also looks for data
        where the bitmaps say there is none, -p goes on with the parents, -s counts what each file of the chain holds.

          vhd-util check -n leaf.vhd -p
          vhd-util check -n crashed.vhd -i          a disk in use has no footer in its last sector

        """;

    protected override string Options => "n:iItpbBsh";

    protected override int HelpExitCode => 0;

    protected override bool IsComplete => _name is not null && !(_flags.Contains('B') && (_flags.Contains('s') || _flags.Contains('b')));

    protected override string? Take(char option, string argument)
    {
        if (option == 'n')
            _name = argument;
        else
            _flags.Add(option);
        return null;
    }

    protected override int Act(VhdContext context)
    {
        CheckOptions options = new()
        {
            IgnoreFooter = _flags.Contains('i'),
            IgnoreParentUuid = _flags.Contains('I'),
            IgnoreTimestamps = _flags.Contains('t'),
            IgnoreOverlap = _flags.Contains('B'),
            CheckData = _flags.Contains('b'),
            CollectStatistics = _flags.Contains('s'),
            Now = VhdTime.FromUnixSeconds(context.Now()),
        };
        int code = Check(context, _name!, options);
        if (code != 0)
            return code;
        if (_flags.Contains('p'))
            code = CheckParents(context, options);
        SectorStatistics.Print(context.Output, _statistics);
        return code;
    }

    private int Check(VhdContext context, string path, CheckOptions options)
    {
        VhdCheck check = new(path, options);
        try
        {
            check.Run();
            if (check.Statistics is { } statistics)
                _statistics.Insert(0, statistics);
            if (!options.CollectStatistics && !check.IsFixed)
                context.Output.Write($"{path} is valid\n");
            return 0;
        }
        catch (CheckFailedException e)
        {
            context.Output.Write(e.Message + "\n");
            if (e.IsAboutContent)
                Dump(context, path);
            return e.Errno;
        }
        catch (BlockException e)
        {
            Explain(context, e);
            Dump(context, path);
            return e.Errno;
        }
    }

    private static void Dump(VhdContext context, string path)
    {
        context.Output.Write($"{path} appears invalid; dumping metadata\n");
        _ = new ReadCommand().Run(context, ["-p", "-n", path]);
    }

    private int CheckParents(VhdContext context, CheckOptions options)
    {
        try
        {
            using ImageChain chain = ImageChain.Open(
                VhdImage.Open(_name!, ImageAccess.Read, VhdLoadOptions.IgnoreDisabled), VhdLoadOptions.IgnoreDisabled);
            foreach (VhdImage parent in chain.Images.Skip(1))
            {
                if (Check(context, parent.Path, options) is var code and not 0)
                {
                    context.Output.Write($"error checking parents: {-code}\n");
                    return code;
                }
            }

            return 0;
        }
        catch (BlockException e)
        {
            context.Output.Write($"error getting parent: {-e.Errno}\n");
            return Fail(context, "error checking parents", e);
        }
    }
}
