using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-create.c.</summary>
internal sealed class CreateImageCommand : VhdVerb
{
    private string? _name;
    private ulong? _size;
    private ulong? _metadataSize;
    private bool _fixed;

    public override string Name => "create";

    public override string Usage =>
        "options: <-n name> <-s size (MB)> [-r reserve] [-h help] [<-S size (MB) for metadata preallocation (see vhd-util resize)>]\n";

    public override string Teaching => """
        Makes an empty disk. It is dynamic, which means that it takes space as data is written, or fixed with -r, all
        of it now. -S makes the tables large enough for that size, so that `vhd-util resize -f' can grow the disk to it
        without moving anything. Sizes are rounded up to 2 MiB; 2040 GiB is the most that the format can hold. A file
        of that name is overwritten; a device may be named as well.

          vhd-util create -n disk.vhd -s 10240                10 GiB, dynamic
          vhd-util create -n disk.vhd -s 10240 -S 2097152     and prepared for any growth
          vhd-util create -n disk.vhd -s 1024 -r              1 GiB, fixed

        """;

    protected override string Options => "n:s:S:rh";

    protected override bool IsComplete => _name is not null && (_size ?? _metadataSize) is not null;

    protected override string? Take(char option, string argument)
    {
        string? complaint = null;
        switch (option)
        {
            case 'n':
                _name = argument;
                break;
            case 's':
                complaint = OptionNumber.Mebibytes(argument, option, out ulong size);
                _size = size;
                break;
            case 'S':
                complaint = OptionNumber.Mebibytes(argument, option, out ulong metadataSize);
                _metadataSize = metadataSize;
                break;
            case 'r':
                _fixed = true;
                break;
        }

        return complaint;
    }

    protected override int Act(VhdContext context)
    {
        (ulong size, ulong metadataSize) = (_size ?? 0, _metadataSize ?? 0);
        if (metadataSize != 0 && metadataSize < size)
        {
            context.Output.Write("Error: <-S size> must be greater than <-s size>\n");
            return Errno.EINVAL;
        }

        size = VhdCreator.RoundUp(size);
        uint timestamp = VhdTime.FromUnixSeconds(context.Now());
        if (_fixed)
            VhdCreator.CreateFixed(_name!, size, context.NewUuid(), timestamp);
        else
            VhdCreator.Create(
                _name!, new VhdSpecification(size, context.NewUuid(), timestamp) { MetadataSize = VhdCreator.RoundUp(metadataSize) });
        return 0;
    }
}
