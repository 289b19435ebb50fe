namespace Tapvisor.XenStore.Client;

/// <summary>A stream of bytes to a store and back. One reader and one writer at a time.</summary>
internal interface IXenStoreTransport : IAsyncDisposable
{
    /// <summary>Bytes of the longest message, header included, that it takes.</summary>
    int MaxMessage { get; }

    /// <summary>Whether a message may be sent before the one before it is answered.</summary>
    bool TakesSeveral { get; }

    /// <summary>The next bytes; 0 when there will be none.</summary>
    /// <exception cref="IOException">The stream is broken.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer);

    /// <summary>Sends one whole message.</summary>
    /// <exception cref="IOException">The stream is broken.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> message);
}
