using System.Collections.Concurrent;
using System.Globalization;
using Tapvisor.Native;
using Tapvisor.XenStore.Wire;

namespace Tapvisor.XenStore.Client;

/// <summary>
/// A client of a XenStore. When the connection is lost, as when xenstored is restarted, requests fail with ENOTCONN while it is opened
/// again, and then every watch is set again; since that makes each of them fire, whoever looks again at an event misses no change.
/// Any thread may call.
/// </summary>
public sealed class XenStoreClient : XenStoreOperations, IAsyncDisposable
{
    private readonly XenStoreEndpoint _endpoint;
    private readonly XenStoreClientOptions _options;
    private readonly ConcurrentDictionary<string, XenStoreWatch> _watches = new();
    private readonly SemaphoreSlim _transactions = new(XenStoreLimits.Transactions);
    private readonly CancellationTokenSource _stop = new();
    private Task _keeping = Task.CompletedTask;
    private volatile XenStoreConnection _connection = null!;
    private uint _lastToken;
    private bool _disposed;

    private XenStoreClient(XenStoreEndpoint endpoint, XenStoreClientOptions options) => (_endpoint, _options) = (endpoint, options);

    /// <summary>Connects.</summary>
    /// <exception cref="XenStoreException">ENOTCONN: the store cannot be reached.</exception>
    public static async Task<XenStoreClient> ConnectAsync(
        XenStoreEndpoint endpoint, XenStoreClientOptions? options = null, CancellationToken cancellation = default)
    {
        var client = new XenStoreClient(endpoint, options ?? new XenStoreClientOptions());
        client._connection = await client.OpenAsync(cancellation);
        client._keeping = client.KeepConnectedAsync();
        return client;
    }

    /// <summary>
    /// Does work in a transaction, again and again until nobody else changed what it saw; so it must have no effect but on the store.
    /// </summary>
    /// <exception cref="XenStoreException">What the work threw; EAGAIN after <see cref="XenStoreLimits.TransactionAttempts"/>.</exception>
    public async Task<T> TransactAsync<T>(Func<XenStoreTransaction, Task<T>> work)
    {
        await _transactions.WaitAsync();
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                XenStoreTransaction transaction = await BeginAsync();
                T result = await DoAsync(transaction, work);
                try
                {
                    await transaction.EndAsync(commit: !transaction.IsAbandoned);
                    return result;
                }
                catch (XenStoreException e) when (e.Errno == Errno.EAGAIN && attempt < XenStoreLimits.TransactionAttempts)
                {
                    // Done again, from what is there now.
                }
            }
        }
        finally
        {
            _transactions.Release();
        }
    }

    /// <summary>As the other form, for work without result.</summary>
    public Task TransactAsync(Func<XenStoreTransaction, Task> work) => TransactAsync(async transaction =>
    {
        await work(transaction);
        return true;
    });

    /// <summary>Watches a node and all below, or a special name. The watch holds also through times without connection.</summary>
    public async Task<XenStoreWatch> WatchAsync(string path)
    {
        string token = Interlocked.Increment(ref _lastToken).ToString(CultureInfo.InvariantCulture);
        var watch = new XenStoreWatch(this, Checked(path), token);
        _watches[token] = watch;
        try
        {
            await RegisterAsync(_connection, watch);
        }
        catch (XenStoreException e) when (e.IsConnectionLost)
        {
            // Reconnection sets every watch in the table.
        }
        catch
        {
            _watches.TryRemove(token, out _);
            throw;
        }
        return watch;
    }

    /// <summary>/local/domain/N, whether or not there is such a domain.</summary>
    public async Task<string> GetDomainPathAsync(uint domId) =>
        Payload.Text(await RequestAsync(XenStoreMessageType.XS_GET_DOMAIN_PATH, Number(domId), "")).TrimEnd('\0');

    /// <summary>Whether the store knows the domain: from its building until its death.</summary>
    public async Task<bool> IsDomainIntroducedAsync(uint domId) =>
        Payload.Text(await RequestAsync(XenStoreMessageType.XS_IS_DOMAIN_INTRODUCED, Number(domId), "")) == "T\0";

    /// <summary>Makes a domain known; a toolstack's business.</summary>
    public Task IntroduceAsync(uint domId, ulong frame, uint port) => RequestAsync(
        XenStoreMessageType.XS_INTRODUCE, Payload.Strings($"{domId}", $"{frame}", $"{port}"), "");

    /// <summary>Forgets a domain; a toolstack's business.</summary>
    public Task ReleaseAsync(uint domId) => RequestAsync(XenStoreMessageType.XS_RELEASE, Number(domId), "");

    /// <summary>Ends every watch and the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _stop.CancelAsync();
        await _connection.DisposeAsync();
        await _keeping;

        // One that was being opened meanwhile.
        await _connection.DisposeAsync();
        foreach (XenStoreWatch watch in _watches.Values)
            watch.End();
        _stop.Dispose();
    }

    internal Task UnwatchAsync(XenStoreWatch watch) =>
        _watches.TryRemove(watch.Token, out _) ? EndAsync(_connection, watch) : Task.CompletedTask;

    private protected override Task<byte[]> RequestAsync(XenStoreMessageType type, byte[] payload, string path) =>
        _connection.RequestAsync(type, transaction: 0, payload, path);

    private static byte[] Number(uint number) => Payload.Strings(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Gives what the work gives; whatever it throws, the store forgets the transaction.</summary>
    private static async Task<T> DoAsync<T>(XenStoreTransaction transaction, Func<XenStoreTransaction, Task<T>> work)
    {
        try
        {
            return await work(transaction);
        }
        catch
        {
            try
            {
                await transaction.EndAsync(commit: false);
            }
            catch (XenStoreException)
            {
                // It is gone already; the first failure is the one that counts.
            }
            throw;
        }
    }

    private async Task<XenStoreTransaction> BeginAsync()
    {
        XenStoreConnection connection = _connection;
        byte[] answer = await connection.RequestAsync(XenStoreMessageType.XS_TRANSACTION_START, 0, Payload.Strings(""), "");
        return uint.TryParse(Payload.Text(answer).TrimEnd('\0'), NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id != 0
            ? new XenStoreTransaction(connection, id)
            : throw new XenStoreException(Errno.EIO, "XS_TRANSACTION_START", "", "the answer has no number");
    }

    private async Task<XenStoreConnection> OpenAsync(CancellationToken cancellation) =>
        new(await _endpoint.OpenAsync(cancellation), Dispatch);

    private void Dispatch(string path, string token)
    {
        // Events may come after their watch has ended.
        if (_watches.TryGetValue(token, out XenStoreWatch? watch))
            watch.Add(path);
    }

    /// <summary>EEXIST: it was set by reconnection, just before.</summary>
    private static async Task RegisterAsync(XenStoreConnection connection, XenStoreWatch watch)
    {
        try
        {
            await connection.RequestAsync(XenStoreMessageType.XS_WATCH, 0, Payload.Strings(watch.Path, watch.Token), watch.Path);
        }
        catch (XenStoreException e) when (e.Errno == Errno.EEXIST)
        {
            watch.Add(watch.Path);
        }
    }

    private static async Task EndAsync(XenStoreConnection connection, XenStoreWatch watch)
    {
        try
        {
            await connection.RequestAsync(XenStoreMessageType.XS_UNWATCH, 0, Payload.Strings(watch.Path, watch.Token), watch.Path);
        }
        catch (XenStoreException e) when (e.IsConnectionLost || e.Errno == Errno.ENOENT)
        {
            // It went with its connection.
        }
    }

    /// <summary>One that ends meanwhile does not come back: whoever ended it may have told the store before it was set again.</summary>
    private async Task SetAgainAsync(XenStoreConnection connection, XenStoreWatch watch)
    {
        await RegisterAsync(connection, watch);
        if (!_watches.ContainsKey(watch.Token))
            await EndAsync(connection, watch);
    }

    private async Task KeepConnectedAsync()
    {
        try
        {
            for (;;)
            {
                string reason = await _connection.Closed;
                await _connection.DisposeAsync();
                _stop.Token.ThrowIfCancellationRequested();
                _options.Log.ConnectionLost(_endpoint.Path, reason);
                await ReconnectAsync();
                _options.Log.ConnectedAgain(_endpoint.Path, _watches.Count);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task ReconnectAsync()
    {
        for (TimeSpan pause = _options.ReconnectMinimum; ; pause = Longer(pause))
        {
            await Task.Delay(pause, _stop.Token);
            try
            {
                XenStoreConnection connection = await OpenAsync(_stop.Token);

                // Before the watches are set, so that who hears of a change can look.
                _connection = connection;
                _stop.Token.ThrowIfCancellationRequested();
                foreach (XenStoreWatch watch in _watches.Values)
                    await SetAgainAsync(connection, watch);
                return;
            }
            catch (XenStoreException e)
            {
                _options.Log.NotBackYet(_endpoint.Path, e.Message);
                await _connection.DisposeAsync();
            }
        }
    }

    private TimeSpan Longer(TimeSpan pause) => pause * 2 < _options.ReconnectMaximum ? pause * 2 : _options.ReconnectMaximum;
}
