using Tapvisor.Native;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Resizing;

/// <summary>Makes a fixed disk larger or smaller (vhd-util-resize.c, vhd_fixed_resize). What is cut off is gone.</summary>
internal static class FixedResize
{
    public static void Apply(VhdImage image, ulong size)
    {
        long old = (long)image.Metadata.VirtualSize;
        image.Footer.Resize(size);
        if (image.File.IsBlockDevice)
        {
            if ((long)size > image.File.Length - FooterSize)
                throw new BlockException(
                    BlockErrorKind.Io, Errno.ENOSPC,
                    $"The device '{image.Path}' of {image.File.Length} bytes has no room for {size} bytes and a footer.");
            if ((long)size > old)
                image.File.Zero(old, (long)size - old);
            image.File.Write(image.File.Length - FooterSize, image.Footer.Bytes);
            return;
        }

        if ((long)size > old)
        {
            // The new footer is there before the old one is overwritten.
            image.File.Write((long)size, image.Footer.Bytes);
            image.File.Sync();
            image.File.WriteZeroes(old, FooterSize);
            image.File.Reserve(old, (long)size - old);
        }
        else
        {
            image.File.Write((long)size, image.Footer.Bytes);
            image.File.Truncate((long)size + FooterSize);
        }
    }
}
