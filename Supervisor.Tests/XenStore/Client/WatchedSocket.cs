using System.Net.Sockets;
using Tapvisor.XenStore.Wire;

namespace Tapvisor.Tests.XenStore.Client;

/// <summary>A xenstored of one connection that knows nothing but watches, and answers when the test lets it.</summary>
internal sealed class WatchedSocket(Socket peer)
{
    // What does not come at all must not hang the tests.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly MessageReader _reader = new();

    /// <summary>Tokens of the watches that are set.</summary>
    internal HashSet<string> Watches { get; } = [];

    internal async Task<XenStoreMessage> ReceiveAsync()
    {
        using var deadline = new CancellationTokenSource(s_patience);
        XenStoreMessage? message;
        while (!_reader.TryRead(out message))
        {
            int count = await peer.ReceiveAsync(_reader.Free, deadline.Token);
            if (count == 0)
                throw new EndOfStreamException();
            _reader.Advance(count);
        }
        return message;
    }

    /// <summary>Sets or ends a watch, and says so.</summary>
    internal async Task AnswerAsync(XenStoreMessage request)
    {
        string token = TokenOf(request);
        bool isKnown = request.Type == XenStoreMessageType.XS_WATCH ? Watches.Add(token) : Watches.Remove(token);
        XenStoreMessage answer = isKnown
            ? request with { Payload = Payload.Strings("OK") }
            : request with { Type = XenStoreMessageType.XS_ERROR, Payload = Payload.Strings("ENOENT") };
        await peer.SendAsync(answer.Encode());
    }

    internal static string TokenOf(XenStoreMessage request) =>
        Payload.TrySplit(request.Payload, out string[]? strings) ? strings[1] : throw new InvalidDataException(request.ToString());
}
