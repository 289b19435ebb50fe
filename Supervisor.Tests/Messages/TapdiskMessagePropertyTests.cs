using Tapvisor.Messages;
using static Tapvisor.Messages.TapdiskMessageLayout;

namespace Tapvisor.Tests.Messages;

/// <summary>Random messages and random bytes; every failure names the seed that repeats it.</summary>
public sealed class TapdiskMessagePropertyTests
{
    private const int Rounds = 2_000;
    private const byte Guard = 0xA5;

    [Fact]
    public void Decoding_undoes_encoding() => EachSeed(random =>
    {
        TapdiskMessage message = RandomMessage.Next(random);
        byte[] guarded = new byte[TapdiskMessageCodec.EncodedLength(message) + 2 * 64];
        Array.Fill(guarded, Guard);
        Span<byte> bytes = guarded.AsSpan(64, guarded.Length - 2 * 64);
        TapdiskMessageCodec.Encode(message, bytes);

        TapdiskMessage decoded = message is TapdiskRequest
            ? TapdiskMessageCodec.DecodeRequest(bytes)
            : TapdiskMessageCodec.DecodeResponse(bytes);
        Assert.Equal(message, decoded);
        Assert.Equal(-1, guarded.AsSpan(0, 64).IndexOfAnyExcept(Guard));
        Assert.Equal(-1, guarded.AsSpan(guarded.Length - 64).IndexOfAnyExcept(Guard));
    });

    [Fact]
    public void Random_bytes_decode_or_are_refused_and_nothing_else_is_thrown() => EachSeed(random =>
    {
        byte[] bytes = new byte[random.Next(0, MaxRequestLength + 8)];
        random.NextBytes(bytes);
        Poke(random, bytes);
        DecodeBoth(bytes);
    });

    [Fact]
    public void Damaged_messages_decode_or_are_refused_and_nothing_else_is_thrown() => EachSeed(random =>
    {
        byte[] bytes = TapdiskMessageCodec.Encode(RandomMessage.Next(random));
        for (int i = random.Next(1, 8); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        DecodeBoth(bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length));
    });

    private static void EachSeed(Action<Random> property)
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            try
            {
                property(new Random(seed));
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
    }

    /// <summary>Makes random bytes look enough like a message to pass the first checks now and then.</summary>
    private static void Poke(Random random, byte[] bytes)
    {
        if (bytes.Length < MessageLength || random.Next(8) == 0)
            return;
        bytes[TapdiskMessageLayout.Type] = (byte)random.Next(0, 34);
        bytes[TapdiskMessageLayout.Type + 1] = 0;
        foreach (int field in (int[])[ParamsPath, ParamsSecondary, BlkifPool])
            bytes[field + random.Next(StringLength)] = 0;
    }

    private static void DecodeBoth(ReadOnlySpan<byte> bytes)
    {
        try
        {
            TapdiskMessageCodec.DecodeRequest(bytes);
        }
        catch (ControlException e)
        {
            Assert.InRange(e.Errno, 1, 133);
        }

        try
        {
            TapdiskMessageCodec.DecodeResponse(bytes);
        }
        catch (ControlException e)
        {
            Assert.InRange(e.Errno, 1, 133);
        }
    }
}
