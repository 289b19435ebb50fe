using System.Globalization;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-modify.c.</summary>
internal sealed class ModifyCommand : VhdVerb
{
    private string? _name;
    private string? _parent;
    private long? _size;
    private bool _rawParent;
    private bool _zero;

    public override string Name => "modify";

    public override string Usage =>
        "*** Dangerous operations, use with care ***\n"
        + "options: <-n name> [-p NEW_PARENT set parent [-m raw]] [-s NEW_SIZE set size] [-z zero (kill data)] [-h help]\n";

    public override string Teaching => """
        Changes what a disk is, not what it holds, which needs care: -p makes it the child of another parent (-m: a raw
        one), as after the parent was moved or coalesced into its own; -s puts the footer where a file or volume of that
        many bytes ends; -z drops all data.

          vhd-util modify -n leaf.vhd -p moved/base.vhd

        """;

    protected override string Options => "n:s:p:mzh";

    protected override bool IsComplete => _name is not null;

    protected override string? Take(char option, string argument)
    {
        switch (option)
        {
            case 'n':
                _name = argument;
                break;
            case 's':
                if (!long.TryParse(argument, NumberStyles.Integer, CultureInfo.InvariantCulture, out long size))
                    return $"Invalid size '{argument}'";
                _size = size;
                break;
            case 'p':
                _parent = argument;
                break;
            case 'm':
                _rawParent = true;
                break;
            case 'z':
                _zero = true;
                break;
        }

        return null;
    }

    protected override int Act(VhdContext context)
    {
        VhdImage image;
        try
        {
            image = VhdImage.Open(_name!, ImageAccess.ReadWrite, VhdLoadOptions.All);
        }
        catch (BlockException e)
        {
            return Fail(context, $"error opening {_name}", e);
        }

        using (image)
        {
            int code = 0;
            if (_zero)
                code = Try(context, "failed to zero VHD", () => Zero(image));
            if (_size is { } size && code == 0)
                code = Try(context, $"failed to set physical size to {size}", () => SetPhysicalSize(image, size));
            if (_parent is { } parent && code == 0)
            {
                context.FailIfAsked(FailurePoints.ReparentBegin);
                code = Try(context, $"failed to set parent to '{parent}'", () => Reparenting.Apply(context, image, parent, _rawParent));
                if (code == 0)
                    context.FailIfAsked(FailurePoints.ReparentEnd);
            }

            image.File.Sync();
            return code;
        }
    }

    private int Try(VhdContext context, string complaint, Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (BlockException e)
        {
            return Fail(context, complaint, e);
        }
    }

    private static void Zero(VhdImage image)
    {
        if (!image.Footer.IsSparse)
            throw VhdErrors.Unsupported(image.Path, "is fixed; its data cannot be dropped", Errno.ENOSYS);
        image.Bat.Entries.Fill(VhdConstants.DD_BLK_UNUSED);
        image.WriteBat();
        image.Metadata.Batmap?.Map.Clear();
        image.WriteBatmap();
        if (!image.File.IsBlockDevice)
            image.WriteFooter();
    }

    private static void SetPhysicalSize(VhdImage image, long size)
    {
        long used = image.Metadata.EndOfData + VhdConstants.FooterSize;
        if (size < used || size % VhdConstants.VHD_SECTOR_SIZE != 0)
            throw VhdErrors.Invalid(
                $"The size of '{image.Path}' cannot be {size} bytes: {used} are in use, and it must be a number of whole sectors.");
        image.Footer.Seal();
        image.File.Write(size - VhdConstants.FooterSize, image.Footer.Bytes);
        image.File.Truncate(size);
    }
}
