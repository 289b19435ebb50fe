namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>What an engine can ask the kernel for without blocking.</summary>
internal enum PosixOpcode : byte
{
    /// <summary>pread.</summary>
    Read,

    /// <summary>pwrite; flags are RWF_*.</summary>
    Write,

    /// <summary>fdatasync.</summary>
    Sync,

    /// <summary>fallocate; flags are FALLOC_FL_*, the address is the length.</summary>
    Allocate,

    /// <summary>recv; flags are MSG_*.</summary>
    Receive,

    /// <summary>sendmsg; flags are MSG_*.</summary>
    Send,

    /// <summary>recvmsg; flags are MSG_*.</summary>
    ReceiveMessage,

    /// <summary>accept4; flags are SOCK_*.</summary>
    Accept,

    /// <summary>poll; flags are POLL*.</summary>
    Poll,
}
