using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Copying;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-fill.c.</summary>
internal sealed class FillCommand : VhdVerb
{
    private string? _name;
    private ulong? _from;
    private ulong? _to;
    private bool _withoutData;
    private bool _ignoreLimit;

    public override string Name => "fill";

    public override string Usage =>
        "options: <-n name> [-h help] [-b initialise the BAT and bitmaps, don't write to the data blocks (much faster)] "
        + "[-f start intialisation from this sector, only usable with -b] "
        + "[-t intialise up to this sector (inclusive), only usable with -b] "
        + "[-B ignore the 2 TB limit, only usable with -b]\n";

    public override string Teaching => """
        Gives every block its place in the file and its data, that of the parents included, so that the disk takes no
        more space from then on. With -b only places are given: new blocks read as zeroes in a file, as whatever was
        there on a device. Blocks that have a place keep their data. -B is taken, but a place beyond 2 TiB cannot be
        written down, so that is refused with or without it.

          vhd-util fill -n disk.vhd

        """;

    protected override string Options => "n:f:t:bBh";

    protected override bool IsComplete => _name is not null;

    protected override string? Take(char option, string argument)
    {
        string? complaint = null;
        switch (option)
        {
            case 'n':
                _name = argument;
                break;
            case 'f':
                complaint = OptionNumber.Parse(argument, option, long.MaxValue, out ulong from);
                _from = from;
                break;
            case 't':
                complaint = OptionNumber.Parse(argument, option, long.MaxValue, out ulong to);
                _to = to;
                break;
            case 'b':
                _withoutData = true;
                break;
            case 'B':
                _ignoreLimit = true;
                break;
        }

        return complaint;
    }

    protected override int Act(VhdContext context)
    {
        string? complaint = (_from ?? _to) is not null && !_withoutData ? "-f/-t can only be used with -b"
            : _to < _from ? $"invalid sector range {_from}-{_to}"
            : _ignoreLimit && !_withoutData ? "-B can only be used with -b" : null;
        if (complaint is not null)
        {
            context.Output.Write(complaint + "\n");
            return Misused(context);
        }

        VhdImage image;
        try
        {
            image = VhdImage.Open(_name!, ImageAccess.ReadWrite, VhdLoadOptions.Strict | VhdLoadOptions.Batmap);
        }
        catch (BlockException e)
        {
            return Fail(context, $"error opening {_name}", e);
        }

        using (image)
        {
            if (!image.Footer.IsSparse)
                throw VhdErrors.Unsupported(_name!, "is fixed: all of its blocks have their places");
            if (_withoutData)
                Allocate(context, image);
            else
                ProgressDisplay.Run(context, $"filling {Path.GetFileName(_name)}", null, new FillJob(image).Fill);
        }

        return 0;
    }

    private void Allocate(VhdContext context, VhdImage image)
    {
        ulong perBlock = (ulong)image.Layout.SectorsPerBlock;
        ulong first = (_from ?? 0) / perBlock;
        ulong last = _to is { } to ? to / perBlock : (ulong)image.Bat.Count - 1;
        if (last >= (ulong)image.Bat.Count || first > last)
            throw VhdErrors.Invalid(
                $"The sectors {_from ?? 0} to {_to} are not all on '{_name}', which has {image.Bat.Count} blocks.", Errno.ERANGE);
        try
        {
            new FillJob(image).Allocate((int)first, (int)last);
        }
        catch (BlockException e) when (e.Errno == Errno.EOVERFLOW)
        {
            context.Output.Write(e.Message + "\n");
            throw;
        }
    }
}
