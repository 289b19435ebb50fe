using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;
using Tapvisor.VhdUtil.Resizing;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-resize.c.</summary>
internal sealed class ResizeCommand : VhdVerb
{
    private string? _name;
    private string? _journal;
    private ulong? _size;
    private bool _fast;

    public override string Name => "resize";

    public override string Usage =>
        "options: <-n name> <-s size (in MB)> (<-j journal>|<-f fast>) [-h help]\n\n"
        + "The resize operation can only be performed offline and must be journaled because resizing the metadata might require moving "
        + "data blocks. However, if a VHD was created with -S <msize> option (during vhd-util create/snapshot), which preallocates the "
        + "metadata for growing the VHD up to size <msize>, then resizing such a VHD up to <msize> can be performed online without "
        + "journaling (-f option).\n";

    public override string Teaching => """
        Should the resize be interrupted, the disk stays disabled until `vhd-util revert' with the journal has undone it.
        Dynamic disks can only grow; fixed ones lose what is cut off.

          vhd-util resize -n disk.vhd -s 20480 -j disk.journal
          vhd-util query -n disk.vhd -S                           how far -f can go
          vhd-util resize -n disk.vhd -s 20480 -f

        """;

    protected override string Options => "n:s:j:fh";

    protected override bool IsComplete => _name is not null && _size is not null && (_journal is null) == _fast;

    protected override string? Take(char option, string argument)
    {
        switch (option)
        {
            case 'n':
                _name = argument;
                break;
            case 'j':
                _journal = argument;
                break;
            case 'f':
                _fast = true;
                break;
            case 's':
                string? complaint = OptionNumber.Mebibytes(argument, option, out ulong size);
                _size = size;
                return complaint;
        }

        return null;
    }

    protected override int Act(VhdContext context)
    {
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
            if (!image.Footer.IsCreatedByTapdisk)
            {
                context.Output.Write($"{_name} not created by xen; resize not supported\n");
                return Errno.EINVAL;
            }

            if (_size > VhdLimits.MaxVirtualSize)
                throw VhdErrors.TooLarge(_name!, _size.Value);
            return _fast ? GrowFast(context, image) : ResizeUnderJournal(context, image);
        }
    }

    private int GrowFast(VhdContext context, VhdImage image)
    {
        if (!image.Footer.IsSparse)
            throw VhdErrors.Unsupported(image.Path, "is fixed and cannot be resized fast");
        ulong size = InBlocks(image);
        if (size < image.Metadata.VirtualSize)
        {
            context.Output.Write($"{_name}: size ({size}) < curr size ({image.Metadata.VirtualSize})\n");
            return Errno.EINVAL;
        }

        if (size > image.Metadata.VirtualSize)
        {
            new DynamicGrowth(image).GrowFast(size);
            image.File.Sync();
        }

        return 0;
    }

    private int ResizeUnderJournal(VhdContext context, VhdImage image)
    {
        ResizeJournal journal;
        try
        {
            journal = ResizeJournal.Create(image, _journal!);
        }
        catch (BlockException e)
        {
            return Fail(context, "creating journal failed", e);
        }

        using (journal)
        {
            context.FailIfAsked(FailurePoints.ResizeBegin);
            try
            {
                Resize(context, journal);
                context.FailIfAsked(FailurePoints.ResizeEnd);
            }
            catch (BlockException e)
            {
                int code = Fail(context, "resize failed", e);
                journal.Revert();
                return code;
            }

            try
            {
                journal.Commit();
                return 0;
            }
            catch (BlockException e)
            {
                return Fail(context, "closing journal failed", e);
            }
        }
    }

    private void Resize(VhdContext context, ResizeJournal journal)
    {
        VhdImage image = journal.Image;
        ulong size = image.Footer.IsSparse ? InBlocks(image) : _size!.Value;
        if (_size == image.Metadata.VirtualSize || size == image.Metadata.VirtualSize)
            return;
        if (!image.Footer.IsSparse)
        {
            FixedResize.Apply(image, size);
        }
        else if (size > image.Metadata.VirtualSize)
        {
            new DynamicGrowth(image).Grow(context, journal, size);
        }
        else
        {
            context.Output.Write("dynamic shrink not fully implemented\n");
            throw VhdErrors.Unsupported(
                image.Path, $"is dynamic and cannot shrink from {image.Metadata.VirtualSize} to {size} bytes", Errno.ENOSYS);
        }
    }

    private ulong InBlocks(VhdImage image) => (_size!.Value + image.Header.BlockSize - 1) / image.Header.BlockSize * image.Header.BlockSize;
}
