using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Nbd;

namespace Tapvisor.Tests.RingDevices.Nbd;

/// <summary>
/// A client that keeps requests in flight on its own part of a disk, and knows what each must bring: ranges in flight never overlap.
/// </summary>
internal sealed class NbdWorker(NbdClient client, int seed, int start, int length, int requests, bool structured)
{
    private const int Depth = 16;
    private const int Longest = 40_000;

    private readonly Random _random = new(seed);
    private readonly byte[] _model = new byte[length];
    private readonly Dictionary<ulong, Pending> _pending = [];
    private readonly IoGate _room = new();
    private readonly List<string> _wrong = [];
    private ulong _cookie;
    private bool _receiverDone;
    private bool _senderDone;

    internal bool IsDone => _senderDone && _receiverDone;

    private int Answered { get; set; }

    internal void Start() => _ = SendAllAsync();

    /// <summary>Every request was answered, and the disk holds what was written.</summary>
    internal void AssertComplete(ReadOnlySpan<byte> disk)
    {
        AssertTruthful();
        Assert.Equal(requests, Answered);
        Assert.Empty(_pending);
        Assert.True(_model.AsSpan().SequenceEqual(disk.Slice(start, length)), "The disk differs from the model.");
    }

    /// <summary>Every answer that came was right.</summary>
    internal void AssertTruthful() => Assert.Empty(_wrong);

    private async IoTask<int> SendAllAsync()
    {
        await client.GoAsync(structured);
        _ = ReceiveAllAsync();
        for (int i = 0; i < requests; i++)
        {
            Pending next = Choose();
            while (_pending.Count >= Depth || _pending.Values.Any(other => other.Overlaps(next)))
                await _room.WaitAsync();
            ulong cookie = _cookie++;
            if (next.Command == NbdCommand.NBD_CMD_READ)
                next = next with { Expected = _model.AsSpan(next.At, next.Length).ToArray() };
            else if (next.Command is NbdCommand.NBD_CMD_WRITE)
                next.Data.CopyTo(_model, next.At);
            else if (next.Command is NbdCommand.NBD_CMD_TRIM or NbdCommand.NBD_CMD_WRITE_ZEROES)
                Array.Clear(_model, next.At, next.Length);
            _pending.Add(cookie, next);
            int offset = next.Command == NbdCommand.NBD_CMD_FLUSH ? 0 : start + next.At;
            byte[] header = NbdClient.Request(next.Command, (ulong)offset, (uint)next.Length, next.Flags, cookie);
            if (await client.SendAsync([.. header, .. next.Data]) < 0)
                break;
        }
        _senderDone = true;
        return 0;
    }

    private async IoTask<int> ReceiveAllAsync()
    {
        while (Answered < requests)
        {
            NbdAnswer answer = await client.AnswerAsync(Asked);
            if (answer == NbdAnswer.End)
                break;
            if (!_pending.Remove(answer.Cookie, out Pending? asked))
                _wrong.Add($"Cookie {answer.Cookie} is answered though it was not asked, or twice.");
            else if (answer.Error != NbdError.None)
                _wrong.Add($"{asked.Command} at {asked.At} failed with {answer.Error}.");
            else if (asked.Expected is { } expected && !expected.AsSpan().SequenceEqual(answer.Data))
                _wrong.Add($"{asked.Command} of {asked.Length} bytes at {asked.At} brought the wrong data.");
            Answered++;
            _room.Open();
        }
        _receiverDone = true;
        return 0;
    }

    private (NbdCommand Command, uint Length) Asked(ulong cookie) =>
        _pending.TryGetValue(cookie, out Pending? asked) ? (asked.Command, (uint)asked.Length) : (NbdCommand.NBD_CMD_FLUSH, 0);

    private Pending Choose()
    {
        NbdCommand command = _random.Next(10) switch
        {
            < 4 => NbdCommand.NBD_CMD_READ,
            < 7 => NbdCommand.NBD_CMD_WRITE,
            7 => NbdCommand.NBD_CMD_FLUSH,
            8 => NbdCommand.NBD_CMD_TRIM,
            _ => NbdCommand.NBD_CMD_WRITE_ZEROES,
        };
        if (command == NbdCommand.NBD_CMD_FLUSH)
            return new Pending(command, NbdCommandFlags.None, 0, 0, [], null);
        int size = _random.Next(1, _random.Next(4) == 0 ? Longest : 5000);
        int at = _random.Next(length - size + 1);
        byte[] data = [];
        if (command == NbdCommand.NBD_CMD_WRITE)
        {
            data = new byte[size];
            _random.NextBytes(data);
        }
        return new Pending(command, _random.Next(4) == 0 ? NbdCommandFlags.NBD_CMD_FLAG_FUA : NbdCommandFlags.None, at, size, data, null);
    }

    private sealed record Pending(NbdCommand Command, NbdCommandFlags Flags, int At, int Length, byte[] Data, byte[]? Expected)
    {
        internal bool Overlaps(Pending other) => At < other.At + other.Length && other.At < At + Length;
    }
}
