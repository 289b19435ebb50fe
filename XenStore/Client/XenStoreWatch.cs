using System.Threading.Channels;

namespace Tapvisor.XenStore.Client;

/// <summary>
/// A watch on a node and all below, or on a special name such as @releaseDomain. An event says that something may have changed there: look
/// again. The first comes at once, another after each reconnection; what has not been taken yet is not queued twice.
/// </summary>
public sealed class XenStoreWatch : IAsyncDisposable
{
    private readonly XenStoreClient _client;
    private readonly Lock _guard = new();
    private readonly HashSet<string> _paths = [];
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleWriter = false });

    internal XenStoreWatch(XenStoreClient client, string path, string token) => (_client, Path, Token) = (client, path, token);

    /// <summary>What is watched.</summary>
    public string Path { get; }

    internal string Token { get; }

    /// <summary>The path that may have changed: at or below <see cref="Path"/>, or it itself when anything there may have.</summary>
    /// <exception cref="ChannelClosedException">The watch has ended.</exception>
    public async Task<string> NextAsync(CancellationToken cancellation = default)
    {
        string path = await _events.Reader.ReadAsync(cancellation);
        lock (_guard)
            _paths.Remove(path);
        return path;
    }

    /// <summary>Ends the watch; events that are under way are dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        End();
        await _client.UnwatchAsync(this);
    }

    internal void End() => _events.Writer.TryComplete();

    internal void Add(string path)
    {
        lock (_guard)
        {
            string pending = _paths.Count < XenStoreLimits.PendingEvents ? path : Path;
            if (_paths.Add(pending))
                _events.Writer.TryWrite(pending);
        }
    }
}
