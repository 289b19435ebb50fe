using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Parents;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Vhd;

/// <summary>Reads a file's metadata on its engine.</summary>
internal sealed class MetadataReader(VhdFile file)
{
    // What the loader asks for at most, and as much again for what alignment adds.
    private const int BufferSize = 2 * VhdLimits.LoaderReadSize;

    /// <summary>Runs a loader to its end.</summary>
    /// <returns>0.</returns>
    internal async IoTask<int> LoadAsync(VhdLoader loader)
    {
        IoBuffer buffer = file.Rent(BufferSize);
        try
        {
            while (loader.Next(out FileRange range))
                loader.Accept((await ReadAsync(range, buffer)).Span);
            return 0;
        }
        finally
        {
            file.Return(buffer);
        }
    }

    /// <summary>The names by which a parent may be found, in the order of its locators.</summary>
    internal async IoTask<List<string>> ReadParentNamesAsync(VhdMetadata metadata)
    {
        List<string> names = [];
        IoBuffer buffer = file.Rent(BufferSize);
        try
        {
            for (int i = 0; i < VhdConstants.LocatorCount; i++)
            {
                ParentLocator locator = metadata.Header.GetLocator(i);
                if (ParentResolver.TryGetRange(locator, metadata.FileLength, out FileRange range)
                    && ParentPath.Decode(locator.Code, (await ReadAsync(range, buffer)).Span) is { } name)
                    names.Add(name);
            }
            return names;
        }
        finally
        {
            file.Return(buffer);
        }
    }

    /// <summary>
    /// The hash of the key: in the batmap's header, or in an extended attribute of a disk without batmap (libvhd.c, vhd_get_keyhash).
    /// </summary>
    /// <returns>Null when the disk is not encrypted.</returns>
    internal async IoTask<KeyHash?> ReadKeyHashAsync(VhdMetadata metadata)
    {
        if (metadata.BatmapHeader is { } batmap)
            return batmap.KeyHash;
        byte[] value = new byte[KeyHash.Size];
        int length = await file.File.GetAttributeAsync(VhdConstants.VHD_XATTR_KEYHASH, value);
        return length switch
        {
            -Errno.ENODATA or -Errno.EOPNOTSUPP => null,
            -Errno.ERANGE => throw BadKeyHash("more"),
            < 0 => throw VhdErrors.Unreadable(file.File.Path, -length),
            < KeyHash.Size => throw BadKeyHash($"{length}"),
            _ => KeyHash.Read(value),
        };
    }

    private BlockException BadKeyHash(string length) => VhdErrors.Corrupt(
        file.File.Path, $"its attribute {VhdConstants.VHD_XATTR_KEYHASH}, the hash of its key, has {length} instead of {KeyHash.Size} bytes");

    /// <returns>The part of the buffer that holds the range, shorter where the file ends.</returns>
    private async IoTask<IoBuffer> ReadAsync(FileRange range, IoBuffer buffer)
    {
        int unit = file.File.Alignment;
        long first = range.Offset / unit * unit;
        int skip = (int)(range.Offset - first);
        int length = (skip + range.Length + unit - 1) / unit * unit;
        int done = 0;
        while (done < length)
        {
            int moved = await file.File.ReadAsync(buffer.Slice(done, length - done), first + done);
            if (moved < 0)
                throw VhdErrors.Unreadable(file.File.Path, -moved);
            done += moved;

            // Nothing, or a part of a unit, comes only at the end.
            if (moved == 0 || moved % unit != 0)
                break;
        }
        return buffer.Slice(Math.Min(skip, done), Math.Clamp(done - skip, 0, range.Length));
    }
}
