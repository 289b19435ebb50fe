using Tapvisor.Native;

namespace Tapvisor.Formats.Vhd;

/// <summary>What goes wrong with a VHD, as the one error type of the data plane: a kind, an errno and a sentence.</summary>
public static class VhdErrors
{
    /// <summary>The file is not what it should be.</summary>
    public static BlockException Corrupt(string name, string what) =>
        new(BlockErrorKind.CorruptImage, Errno.EINVAL, $"The VHD '{name}' is damaged: {what}.");

    /// <summary>The file is sound, but this cannot be done with it.</summary>
    public static BlockException Unsupported(string name, string what, int errno = Errno.EINVAL) =>
        new(BlockErrorKind.Unsupported, errno, $"The VHD '{name}' {what}.");

    /// <summary>What was asked for makes no sense.</summary>
    public static BlockException Invalid(string sentence, int errno = Errno.EINVAL) => new(BlockErrorKind.InvalidArgument, errno, sentence);

    /// <summary>The parent cannot be found or is another than it was.</summary>
    public static BlockException Parent(string sentence, int errno) =>
        new(errno == Errno.ENOENT ? BlockErrorKind.NotFound : BlockErrorKind.CorruptImage, errno, sentence);

    /// <summary>More than 32 bits of sectors.</summary>
    public static BlockException TooLarge(string name, ulong size) => new(
        BlockErrorKind.Unsupported, Errno.EFBIG,
        $"A VHD holds at most {VhdLimits.MaxVirtualSize >> 30} GiB, and '{name}' was to get {size} bytes: "
        + "its block table addresses 2 TiB, bitmaps included.");

    /// <summary>The file cannot be read.</summary>
    public static BlockException Unreadable(string name, int errno) =>
        new(BlockErrorKind.Io, errno, $"The VHD '{name}' cannot be read: {Native.Errno.Describe(errno)}.");

    /// <summary>The file cannot be written.</summary>
    public static BlockException Unwritable(string name, int errno) =>
        new(BlockErrorKind.Io, errno, $"The VHD '{name}' cannot be written: {Native.Errno.Describe(errno)}.");
}
