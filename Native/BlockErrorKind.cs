namespace Tapvisor.Native;

/// <summary>Kinds of failure that the supervisor tells apart.</summary>
public enum BlockErrorKind
{
    /// <summary>The system refused or failed an operation; trying again may help.</summary>
    Io,

    /// <summary>What was asked for makes no sense: a bad path, size, flag or type.</summary>
    InvalidArgument,

    /// <summary>There is no such file, device or driver.</summary>
    NotFound,

    /// <summary>Somebody else holds the image.</summary>
    Locked,

    /// <summary>The image is damaged; trying again cannot help.</summary>
    CorruptImage,

    /// <summary>The image is sound but uses, or the request needs, something that is not supported.</summary>
    Unsupported,

    /// <summary>The right to the image was lost: no further write may happen.</summary>
    LeaseLost,
}
