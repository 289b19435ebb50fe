using System.Text;
using Tapvisor.Messages;

namespace Tapvisor.Tests.Messages;

/// <summary>Draws any message that the protocol can carry.</summary>
internal static class RandomMessage
{
    private static readonly Func<Random, TapdiskMessage>[] Kinds =
    [
        r => new TapdiskRequest.Pid(Cookie(r)),
        r => new TapdiskRequest.Attach(Cookie(r)),
        r => new TapdiskRequest.Detach(Cookie(r)),
        Open,
        r => new TapdiskRequest.Close(Cookie(r)),
        r => new TapdiskRequest.ForceShutdown(Cookie(r)),
        r => new TapdiskRequest.Pause(Cookie(r)),
        Resume,
        r => new TapdiskRequest.List(Cookie(r)),
        r => new TapdiskRequest.Stats(Cookie(r)),
        r => new TapdiskRequest.XenBlkifConnect(Cookie(r), Blkif(r)),
        r => new TapdiskRequest.XenBlkifDisconnect(Cookie(r), Number(r), Number(r)),
        r => new TapdiskRequest.DiskInfo(Cookie(r)),
        r => new TapdiskRequest.ListMinors(Cookie(r)),
        r => new TapdiskRequest.Exit(Cookie(r)),
        r => new TapdiskRequest.Inject(Cookie(r), (FaultKind)r.Next(5), (FaultOperation)r.Next(4), (uint)r.Next(1, 134), Number(r)),
        r => new TapdiskResponse.Error(Cookie(r), (int)Number(r), Text(r, 255)),
        r => new TapdiskResponse.RuntimeError(Cookie(r), Text(r, 255)),
        r => new TapdiskResponse.Pid(Cookie(r), (int)Number(r)),
        r => new TapdiskResponse.Attach(Cookie(r)),
        r => new TapdiskResponse.Detach(Cookie(r)),
        r => new TapdiskResponse.Open(Cookie(r), Image(r)),
        r => new TapdiskResponse.Close(Cookie(r)),
        r => new TapdiskResponse.Pause(Cookie(r)),
        r => new TapdiskResponse.Resume(Cookie(r)),
        r => new TapdiskResponse.List(Cookie(r), (int)Number(r), (int)Number(r), (VbdState)Number(r), Text(r, 255)),
        r => new TapdiskResponse.ListMinors(Cookie(r), [.. Enumerable.Range(0, r.Next(64)).Select(_ => (int)Number(r))]),
        r => new TapdiskResponse.Stats(Cookie(r), Text(r, 9000)),
        r => new TapdiskResponse.XenBlkifConnect(Cookie(r)),
        r => new TapdiskResponse.XenBlkifDisconnect(Cookie(r)),
        r => new TapdiskResponse.DiskInfo(Cookie(r), Image(r)),
        r => new TapdiskResponse.Inject(Cookie(r)),
    ];

    public static TapdiskMessage Next(Random random) => Kinds[random.Next(Kinds.Length)](random);

    private static TapdiskRequest.Open Open(Random r)
    {
        TapdiskParams parameters = Params(r);
        bool encrypted = parameters.Flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED);
        byte[] key = new byte[r.Next(1, TapdiskMessageLayout.MaxKeyLength + 1)];
        r.NextBytes(key);
        return new TapdiskRequest.Open(Cookie(r), parameters, LogPath(r, parameters), encrypted ? new EncryptionKey(key) : null);
    }

    private static TapdiskRequest.Resume Resume(Random r)
    {
        TapdiskParams parameters = Params(r);
        return new TapdiskRequest.Resume(Cookie(r), parameters, LogPath(r, parameters));
    }

    private static TapdiskParams Params(Random r) => new()
    {
        Flags = (TapdiskMessageFlags)Number(r),
        DevNum = Number(r),
        DomId = Number(r),
        Path = Text(r, 255),
        ParentMinor = (int)Number(r),
        RequestTimeout = Cookie(r),
        Secondary = Text(r, 255),
    };

    private static string LogPath(Random r, TapdiskParams parameters) =>
        parameters.Flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_ADD_LOG) ? Text(r, 255) : "";

    private static TapdiskBlkif Blkif(Random r) => new()
    {
        DomId = Number(r),
        DevId = Number(r),
        Grefs = GrantReferences.Of(Number(r), Number(r), Number(r), Number(r), Number(r), Number(r), Number(r), Number(r)),
        Order = Number(r),
        Proto = Number(r),
        // A longer name could leave no NUL where upstream looks for the end of a path, whatever the type of the message.
        Pool = Text(r, 200),
        Port = Number(r),
        PollDuration = Number(r),
        PollIdleThreshold = Number(r),
    };

    private static TapdiskImage Image(Random r) => new((ulong)r.NextInt64() * 2, Number(r), Number(r));

    private static ushort Cookie(Random r) => (ushort)r.Next(65536);

    private static uint Number(Random r) => (uint)r.NextInt64(1L << 32);

    /// <summary>Characters of one to four bytes, none of them NUL, of at most <paramref name="bytes"/> bytes.</summary>
    private static string Text(Random r, int bytes)
    {
        StringBuilder text = new();
        for (int left = r.Next(bytes + 1); left >= 4;)
        {
            int value = r.Next(4) switch
            {
                0 => r.Next(1, 0x80),
                1 => r.Next(0x80, 0x800),
                2 => r.Next(0xE000, 0x10000),
                _ => r.Next(0x10000, 0x110000),
            };
            Rune rune = new(value);
            text.Append(rune.ToString());
            left -= rune.Utf8SequenceLength;
        }

        return text.ToString();
    }
}
