namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>What a server of a disk's image may cost.</summary>
internal static class NbdLimits
{
    /// <summary>Requests that wait for their replies at once; further ones wait for their turn.</summary>
    internal const int MaxRequests = 128;

    /// <summary>
    /// Bytes of one request's data: what a server takes that does not say how much it does (doc/proto.md "Block size constraints").
    /// </summary>
    internal const int MaxTransfer = 32 << 20;

    /// <summary>Bytes of a request without data: what fits its 32 bits at any alignment.</summary>
    internal const int MaxRange = 1 << 30;

    /// <summary>Bytes after which no further request goes into the same send.</summary>
    internal const int MaxBatch = 1 << 20;

    /// <summary>Bytes of the largest unit that a server may insist on.</summary>
    internal const int MaxMinimumBlock = 64 << 10;

    /// <summary>Replies to one option.</summary>
    internal const int MaxOptionReplies = 64;

    /// <summary>Bytes of a server's explanation that are shown.</summary>
    internal const int MaxReason = 200;

    /// <summary>The last flush, and taking leave; a server that takes longer has what it was told to flush before.</summary>
    internal static TimeSpan CloseTimeout { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Connecting and shaking hands; upstream waits as long for each step.</summary>
    internal static TimeSpan HandshakeTimeout { get; } = TimeSpan.FromSeconds(10);
}
