namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>What a descriptor is.</summary>
internal enum PosixHandleKind
{
    /// <summary>A regular file or a block device.</summary>
    File,

    /// <summary>A connected stream.</summary>
    Socket,

    /// <summary>A listening socket.</summary>
    Listener,

    /// <summary>Polled alone.</summary>
    Signal,
}
