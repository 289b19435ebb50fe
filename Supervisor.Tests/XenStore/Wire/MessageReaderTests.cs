using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Wire;

namespace Tapvisor.Tests.XenStore.Wire;

public sealed class MessageReaderTests
{
    [Fact]
    public void A_header_has_four_words_in_the_hosts_order()
    {
        byte[] bytes = new XenStoreMessage(XenStoreMessageType.XS_READ, 0x01020304, 5, Payload.Strings("/a")).Encode();
        Assert.Equal([2, 0, 0, 0, 4, 3, 2, 1, 5, 0, 0, 0, 3, 0, 0, 0, (byte)'/', (byte)'a', 0], bytes);
    }

    [Fact]
    public void Messages_come_out_as_they_went_in_however_they_were_cut() => Seeds.Run(200, seed =>
    {
        var random = new Random(seed);
        XenStoreMessage[] sent = [.. Enumerable.Range(0, random.Next(20)).Select(_ =>
        {
            byte[] payload = new byte[random.Next(100)];
            random.NextBytes(payload);
            return new XenStoreMessage(
                (XenStoreMessageType)random.NextInt64(uint.MaxValue), (uint)random.NextInt64(), (uint)random.NextInt64(), payload);
        })];
        Assert.Equal(sent.Select(Show), Read([.. sent.SelectMany(m => m.Encode())], random.Next(1, 200)).Select(Show));
    });

    [Fact]
    public void The_longest_message_passes_and_a_longer_one_is_refused()
    {
        byte[] longest = new XenStoreMessage(XenStoreMessageType.XS_WRITE, 1, 0, new byte[XenStoreLimits.Payload]).Encode();
        Assert.Equal(2, Read([.. longest, .. longest], 1000).Count);
        byte[] longer = new XenStoreMessage(XenStoreMessageType.XS_WRITE, 1, 0, new byte[XenStoreLimits.Payload + 1]).Encode();
        Assert.Equal(Errno.E2BIG, Assert.Throws<XenStoreException>(() => Read(longer, 1000)).Errno);
    }

    [Fact]
    public void Any_bytes_are_messages_or_refused()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = new byte[random.Next(0, 9000)];
            random.NextBytes(bytes);

            // Mostly lengths that pass, else nothing behind the first header is ever read.
            for (int at = 12; at + 4 <= bytes.Length; at += 16)
                bytes.AsSpan(at + 2, 2).Clear();
            try
            {
                Read(bytes, random.Next(1, 5000));
            }
            catch (XenStoreException e)
            {
                Assert.True(e.Errno == Errno.E2BIG, $"seed {seed}: {e}");
            }
        }
    }

    private static List<XenStoreMessage> Read(byte[] bytes, int cut)
    {
        var reader = new MessageReader();
        var messages = new List<XenStoreMessage>();
        for (int at = 0; at < bytes.Length;)
        {
            int count = Math.Min(Math.Min(cut, reader.Free.Length), bytes.Length - at);
            bytes.AsSpan(at, count).CopyTo(reader.Free.Span);
            reader.Advance(count);
            at += count;
            while (reader.TryRead(out XenStoreMessage? message))
                messages.Add(message);
        }
        return messages;
    }

    private static string Show(XenStoreMessage m) => $"{m.Type} {m.RequestId} {m.TransactionId} {Convert.ToHexString(m.Payload)}";
}
