using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-query.c: a line for each option, in this fixed order, which storage managers rely on.</summary>
internal sealed class QueryCommand : VhdVerb
{
    private readonly HashSet<char> _asked = [];
    private string? _name;

    public override string Name => "query";

    public override string Usage =>
        "options: <-n name> [-v print virtual size (in MB)] [-s print physical utilization (bytes)] [-p print parent] [-f print fields] "
        + "[-m print marker] [-d print chain depth] [-S print max virtual size (MB) for fast resize] [-a print allocated block count] "
        + "[-u don't resolve parent path] [-h help]\n";

    public override string Teaching => """
        Answers questions about a disk, one line each, always in the order v, s, p, f, m, d, a, S whatever the order of
        the options. `vhd-util info' shows the same for people.

          vhd-util query -n disk.vhd -vs          size in MiB, bytes in use
          vhd-util query -n leaf.vhd -p -u        the parent as the file names it, whether it exists or not

        """;

    protected override string Options => "n:vspfdSmauh";

    protected override int HelpExitCode => 0;

    protected override bool IsComplete => _name is not null;

    protected override string? Take(char option, string argument)
    {
        if (option == 'n')
            _name = argument;
        else
            _asked.Add(option);
        return null;
    }

    protected override int Act(VhdContext context)
    {
        VhdImage image;
        try
        {
            image = VhdImage.Open(_name!, ImageAccess.Read, VhdLoadOptions.IgnoreDisabled | VhdLoadOptions.BatmapHeader);
        }
        catch (BlockException e)
        {
            return Fail(context, $"error opening {_name}", e);
        }

        using (image)
            return Answer(context, image);
    }

    private int Answer(VhdContext context, VhdImage image)
    {
        int code = 0;
        void Line(char option, string complaint, Func<string> answer)
        {
            if (!_asked.Contains(option))
                return;
            try
            {
                context.Output.Write(answer() + "\n");
            }
            catch (BlockException e)
            {
                context.Output.Write(complaint.EndsWith(':') ? $"{complaint} {-e.Errno}\n" : complaint + "\n");
                Explain(context, e);
                code = code != 0 ? code : e.Errno;
            }
        }

        Line('v', "", () => $"{image.Metadata.VirtualSize >> 20}");
        Line('s', "failed to get physical size:", () => $"{WithBat(image).Metadata.EndOfData + VhdConstants.FooterSize}");
        Line('p', "query failed", () => Parent(image));
        Line('f', "", () => $"hidden: {image.Footer.Hidden}");
        Line('m', "error checking 'marker' field:", () => $"marker: {image.GetMarker()}");
        Line('d', "error checking chain depth:", () => $"chain depth: {Depth()}");
        Line('a', "error reading bat:", () => $"{AllocatedBlocks(image)}");
        Line('S', "", () => $"{FastResizeLimit(image)}");
        return code;
    }

    private string Parent(VhdImage image)
    {
        if (!image.Footer.IsDifferencing)
            return $"{_name} has no parent";
        return _asked.Contains('u')
            ? image.ReadParentNames() is [var first, ..]
                ? first : throw VhdErrors.Parent($"The VHD '{_name}' does not tell where its parent is.", Errno.EINVAL)
            : image.FindParent();
    }

    private int Depth()
    {
        // The leaf may be disabled, the others may not.
        VhdImage leaf = VhdImage.Open(_name!, ImageAccess.Read, VhdLoadOptions.IgnoreDisabled);
        using ImageChain chain = ImageChain.Open(leaf, VhdLoadOptions.None);
        return chain.Depth;
    }

    private static VhdImage WithBat(VhdImage image)
    {
        if (image.Metadata.Bat is null && image.Footer.IsSparse)
            image.Reload(VhdLoadOptions.IgnoreDisabled | VhdLoadOptions.BatmapHeader | VhdLoadOptions.Bat);
        return image;
    }

    private static int AllocatedBlocks(VhdImage image) => image.Footer.IsSparse
        ? WithBat(image).Bat.AllocatedCount
        : throw VhdErrors.Unsupported(image.Path, "is fixed and has no block table");

    private static ulong FastResizeLimit(VhdImage image) =>
        image.Footer.IsSparse ? (ulong)image.Header.MaxBatSize * image.Header.BlockSize >> 20 : 0;
}
