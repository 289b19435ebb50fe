using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;
using Tapvisor.VhdUtil.Printing;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-read.c.</summary>
internal sealed class ReadCommand : VhdVerb
{
    private readonly HashSet<char> _flags = [];
    private readonly Dictionary<char, ulong> _numbers = [];
    private string? _name;

    public override string Name => "read";

    public override string Usage => """
        options:
        -h          help
        -n          name
        -p          print VHD headers
        -t sec      translate logical sector to VHD location
        -b blk      print bat entry
        -B          print entire bat as a bitmap
        -m blk      print bitmap
        -i sec      test bitmap for logical sector
        -e sec      output extent list of allocated logical sectors
        -a          print batmap
        -j blk      test batmap for block
        -d blk      print data
        -c num      num units
        -r sec      read num sectors at sec
        -R byte     read num bytes at byte
        -x          print in hex

        """;

    public override string Teaching => """
        Shows what a file holds: -p its headers in words, -t, -b, -i, -e, -j places in it, and as raw bytes -B which
        blocks it holds, -m a block's bitmap, -a the batmap, -d a block, -r and -R the disk's data, through its parents.
        -c says for how many of them, 1 otherwise.

          vhd-util read -n disk.vhd -p
          vhd-util read -n disk.vhd -r 0 -c 2048 > first-megabyte
          vhd-util read -n leaf.vhd -e 0 -c 20971520         sectors that leaf holds, as `START LENGTH' lines

        """;

    protected override string Options => "n:pt:b:Bm:i:e:aj:d:c:r:R:xCh";

    protected override bool IsComplete => _name is not null;

    protected override string? Take(char option, string argument)
    {
        if (option == 'n')
        {
            _name = argument;
            return null;
        }

        if (option is 'p' or 'B' or 'a' or 'x' or 'C')
        {
            _flags.Add(option);
            return null;
        }

        string? complaint = OptionNumber.Parse(argument, option, long.MaxValue, out ulong number);
        _numbers[option] = number;
        return complaint;
    }

    protected override int Act(VhdContext context)
    {
        HeaderPrinter printer = new(context.Output, _flags.Contains('x'));
        VhdImage image;
        try
        {
            image = VhdImage.Open(_name!, ImageAccess.Read, VhdLoadOptions.All | VhdLoadOptions.IgnoreDisabled);
        }
        catch (BlockException e)
        {
            int code = Fail(context, $"Failed to open {_name}", e);
            context.Output.Write($"\n{_name} appears invalid; dumping headers\n\n");
            HeaderDump.Print(printer, _name!);
            return code;
        }

        using (image)
        {
            if (_flags.Contains('p'))
                printer.Print(image);
            return image.Footer.IsSparse ? new ReadActions(context, image, printer, _flags, _numbers).Run()
                : ReadFixed(context, image, printer);
        }
    }

    private int ReadFixed(VhdContext context, VhdImage image, HeaderPrinter printer)
    {
        if (_flags.Contains('B') || _flags.Contains('a')
            || _numbers.Keys.Any(option => "tbmiejd".Contains(option, StringComparison.Ordinal)))
            throw VhdErrors.Unsupported(_name!, "is fixed and has neither block table nor bitmaps");
        return new ReadActions(context, image, printer, _flags, _numbers).Run();
    }
}
