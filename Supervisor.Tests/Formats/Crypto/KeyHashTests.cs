using Tapvisor.Formats.Crypto;

namespace Tapvisor.Tests.Formats.Crypto;

public sealed class KeyHashTests
{
    private static readonly byte[] s_noNonce = new byte[KeyHash.NonceSize];

    [Theory]
    [InlineData(32, "bb2275c49f28ad52cae6d55e34a974a58c7a3ba26f976e8ecbbe7a536918dc73")]
    [InlineData(64, "dc7a48014fc1fac8b52af39bc7ea5cafafabf8bb81fb8f880fdf3b4a4566795c")]
    public void Is_the_SHA_256_of_nonce_and_key(int keyLength, string hash) =>
        Assert.Equal(hash, Convert.ToHexStringLower(KeyHash.Compute(s_noNonce, TestCipher.CountingBytes(keyLength)).Hash));

    [Fact]
    public void Is_what_upstream_wrote_into_a_VHD()
    {
        string[] line = TestCipher.ReadCapture("upstream-vhd.txt")[0];
        byte[] field = Convert.FromHexString(line[1]);
        byte[] key = Convert.FromHexString(line[0]);
        Assert.Equal(KeyHash.Size, field.Length);
        var hash = KeyHash.Read(field)!;
        Assert.True(hash.Matches(key));

        byte[] written = new byte[KeyHash.Size];
        KeyHash.Compute(hash.Nonce, key).Write(written);
        Assert.Equal(field, written);
    }

    [Fact]
    public void Keeps_its_nonce_when_written_and_read()
    {
        byte[] nonce = TestCipher.RandomBytes(new Random(3), KeyHash.NonceSize);
        byte[] field = new byte[KeyHash.Size];
        KeyHash.Compute(nonce, "a key"u8).Write(field);
        var read = KeyHash.Read(field)!;
        Assert.Equal(nonce, read.Nonce);
        Assert.True(read.Matches("a key"u8));
    }

    [Fact]
    public void Is_absent_where_the_first_byte_is_0_and_present_for_every_other_value()
    {
        byte[] field = new byte[KeyHash.Size];
        Assert.Null(KeyHash.Read(field));
        field[0] = 0xff;
        Assert.NotNull(KeyHash.Read(field));
    }

    [Fact]
    public void Matches_no_key_that_differs_in_a_bit_or_in_length()
    {
        byte[] key = TestCipher.CountingBytes(64);
        var hash = KeyHash.Compute(s_noNonce, key);
        Assert.True(hash.Matches(key));
        Assert.False(hash.Matches(key.AsSpan(0, 63)));
        Assert.False(hash.Matches([.. key, 0]));
        for (int bit = 0; bit < key.Length * 8; bit++)
        {
            key[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(hash.Matches(key));
            key[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Depends_on_the_nonce() =>
        Assert.False(new KeyHash(s_noNonce, KeyHash.Compute(TestCipher.CountingBytes(32), "key"u8).Hash).Matches("key"u8));

    [Theory]
    [InlineData(31, 32)]
    [InlineData(32, 33)]
    public void Is_not_made_of_fields_of_another_length(int nonceLength, int hashLength) =>
        Assert.ThrowsAny<ArgumentException>(() => new KeyHash(new byte[nonceLength], new byte[hashLength]));
}
