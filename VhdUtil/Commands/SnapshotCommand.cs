using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-snapshot.c.</summary>
internal sealed class SnapshotCommand : VhdVerb
{
    private string? _name;
    private string? _parent;
    private ulong _metadataSize;
    private ulong _limit;
    private bool _raw;
    private bool _keepEmpty;

    public override string Name => "snapshot";

    public override string Usage =>
        "options: <-n name> <-p parent name> [-l snapshot depth limit] [-m parent_is_raw] [-S size (MB) for metadata preallocation "
        + "(see vhd-util resize)] [-e link to supplied parent name even if it's empty] [-h help]\n";

    public override string Teaching => """
        Makes a differencing disk: empty, it shows its parent's data, and holds what is written from then on. The parent
        must not be written any more. A parent that is itself empty is passed over in favour of its own, unless -e says
        otherwise. -m takes a raw disk as parent. With -l nothing is made when the chain would have more files than that.
        The parent's key hash, if it is encrypted, is taken over.

          vhd-util snapshot -n leaf.vhd -p base.vhd
          vhd-util snapshot -n leaf.vhd -p disk.img -m

        """;

    protected override string Options => "n:p:S:l:meh";

    protected override int HelpExitCode => 0;

    protected override bool IsComplete => _name is not null && _parent is not null;

    protected override string? Take(char option, string argument)
    {
        string? complaint = null;
        switch (option)
        {
            case 'n':
                _name = argument;
                break;
            case 'p':
                _parent = argument;
                break;
            case 'S':
                complaint = OptionNumber.Mebibytes(argument, option, out _metadataSize);
                break;
            case 'l':
                complaint = OptionNumber.Parse(argument, option, int.MaxValue, out _limit);
                break;
            case 'm':
                _raw = true;
                break;
            case 'e':
                _keepEmpty = true;
                break;
        }

        return complaint;
    }

    protected override int Act(VhdContext context)
    {
        string named = HostNames.Paths.Of(_parent!);
        string backing = named;
        ulong size = 0;
        KeyHash? keyHash = null;
        if (!_raw)
            (backing, size, keyHash) = ChooseBacking(named);
        if (_limit != 0 && !_raw && !IsDepthAllowed(context, backing, out int code))
            return code;

        Guid uuid = Guid.Empty;
        ulong parentSize;
        if (_raw)
        {
            using VhdImageFile raw = VhdImageFile.Open(backing, ImageAccess.Read);
            parentSize = VhdLayout.PadToSector((ulong)raw.Length);
        }
        else
        {
            using VhdImage parent = VhdImage.Open(backing, ImageAccess.Read, VhdLoadOptions.None);
            (uuid, parentSize) = (parent.Footer.Uuid, parent.Metadata.VirtualSize);
            if (uuid == Guid.Empty)
                throw VhdErrors.Corrupt(backing, "it has no UUID, by which a child could know it; `vhd-util repair' gives it one");
        }

        ulong metadataSize = VhdCreator.RoundUp(_metadataSize);
        size = size == 0 ? parentSize : VhdCreator.RoundUp(size);
        if (size < parentSize || (metadataSize != 0 && metadataSize < size))
            throw VhdErrors.Invalid(
                $"The snapshot's size of {(size < parentSize ? size : metadataSize)} bytes is less than "
                + $"the {parentSize} bytes of its parent '{backing}'.");
        VhdCreator.Create(_name!, new VhdSpecification(size, context.NewUuid(), VhdTime.FromUnixSeconds(context.Now()))
        {
            MetadataSize = metadataSize,
            Parent = VhdCreator.Link(_name!, backing, uuid),
            KeyHash = keyHash,
        });
        return 0;
    }

    /// <summary>
    /// The first VHD from the named one on that holds data, or the raw disk below; then the named one's size still counts, since sizes may
    /// differ along a chain (vhd_util_find_snapshot_target).
    /// </summary>
    private (string Path, ulong Size, KeyHash? KeyHash) ChooseBacking(string named)
    {
        string path = named;
        ulong size = 0;
        KeyHash? keyHash = null;
        for (int depth = 0; ; depth++)
        {
            using VhdImage image = VhdImage.Open(path, ImageAccess.Read, VhdLoadOptions.Bat | VhdLoadOptions.BatmapHeader);
            keyHash ??= image.GetKeyHash();
            if (depth == 0)
                size = image.Metadata.VirtualSize;
            if (_keepEmpty || !image.Footer.IsDifferencing || image.Bat.AllocatedCount > 0)
                break;
            if (depth == VhdLimits.MaxToolChainDepth)
                throw new BlockException(BlockErrorKind.CorruptImage, Errno.ELOOP, $"The chain of '{named}' does not end.");
            path = image.FindParent();
            _raw = image.Header.HasRawParent;
            if (_raw)
                break;
        }

        return (path, path == named ? 0 : size, keyHash);
    }

    private bool IsDepthAllowed(VhdContext context, string backing, out int code)
    {
        code = 0;
        try
        {
            using ImageChain chain = ImageChain.Open(backing, VhdLoadOptions.None);
            if (chain.Depth + 1 <= (int)_limit)
                return true;
            context.Output.Write($"snapshot depth exceeded: current depth: {chain.Depth}, limit: {_limit}\n");
            code = Errno.ENOSPC;
        }
        catch (BlockException e)
        {
            code = Fail(context, "error checking snapshot depth", e);
        }

        return false;
    }
}
