using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Sockets;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.RingDevices.Nbd.Wire;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>
/// Sends a connection's replies: at most one send is in flight, and what becomes ready meanwhile goes with the next, all at once. One
/// send per reply would cost three times as much.
/// </summary>
/// <param name="socket">Where to.</param>
/// <param name="memory">Room for the headers and parts of one batch; nobody else uses them while requests are served.</param>
/// <param name="sent">Hears of each slot whose reply is out, or can never go out.</param>
internal sealed class NbdSender(IoSocket socket, NbdMemory memory, Action<NbdSlot> sent)
{
    /// <summary>A batch gets no further reply beyond so many bytes, lest small ones wait behind too much data.</summary>
    private const int BatchBytes = 4 << 20;

    private readonly IoGate _work = new();
    private readonly IoGate _ended = new();
    private readonly IoPromise<int> _yield = new();
    private readonly NbdSlotList _ready = new();
    private readonly NbdSlotList _batch = new();
    private bool _running;
    private bool _stopping;
    private bool _structured;

    /// <summary>A send has failed: whatever is still answered is thrown away.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>Begins, or goes on with another handshake's settings.</summary>
    internal void Start(NbdSettings settings)
    {
        _structured = settings.IsStructured;
        if (_running)
            return;
        _running = true;
        _ = RunAsync();
    }

    /// <summary>The reply of <paramref name="slot"/> is ready.</summary>
    internal void Enqueue(NbdSlot slot)
    {
        _ready.Add(slot);
        _work.Open();
    }

    /// <summary>Ends, once nothing is left to be sent.</summary>
    internal async IoTask<int> StopAsync()
    {
        _stopping = true;
        _work.Open();
        while (_running)
            await _ended.WaitAsync();
        return 0;
    }

    private async IoTask<int> RunAsync()
    {
        while (!_stopping || !_ready.IsEmpty)
        {
            await _work.WaitAsync();
            while (!_ready.IsEmpty)
            {
                Gather();
                if (!IsBroken && await socket.SendAsync(memory.Parts) < 0)
                {
                    IsBroken = true;
                    socket.Shutdown();
                }
                while (_batch.Take() is { } slot)
                    sent(slot);

                // Completions that arrived together with that of the send are handled first, so that their replies share the next.
                _yield.Set(0);
                await _yield.Task;
            }
        }
        _running = false;
        _ended.Open();
        return 0;
    }

    private void Gather()
    {
        IoVectorList parts = memory.Parts;
        IoBuffer headers = memory.Headers;
        parts.Clear();
        int used = 0;
        int begun = 0;

        // A reply takes two parts at most, and one more ends the batch.
        while (parts.Count <= IoVectorList.Capacity - 3
            && parts.TotalLength < BatchBytes
            && used <= headers.Length - NbdReply.MaxHeaderSize
            && _ready.Take() is { } slot)
        {
            used += slot.WriteReply(headers.Span[used..], _structured, out IoBuffer payload);
            _batch.Add(slot);
            if (payload.Length == 0)
                continue;
            parts.Add(headers.Slice(begun, used - begun));
            parts.Add(payload);
            begun = used;
        }
        if (used > begun)
            parts.Add(headers.Slice(begun, used - begun));
    }
}
