namespace Tapvisor.BlockIo.Files;

/// <summary>How to open a file.</summary>
[Flags]
public enum IoOpenOptions
{
    /// <summary>Read and write, through the page cache.</summary>
    None = 0,

    /// <summary>O_RDONLY.</summary>
    ReadOnly = 1,

    /// <summary>O_DIRECT; refused with EINVAL by file systems that have no direct I/O.</summary>
    Direct = 2,

    /// <summary>O_CREAT | O_EXCL, mode 0600: the file must not exist.</summary>
    CreateNew = 4,
}
