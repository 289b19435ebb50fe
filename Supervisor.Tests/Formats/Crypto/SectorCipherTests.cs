using Tapvisor.Formats.Crypto;
using Tapvisor.Native;

namespace Tapvisor.Tests.Formats.Crypto;

public sealed class SectorCipherTests
{
    private const int SectorSize = SectorCipher.SectorSize;

    public static TheoryData<CipherKind, int> Ciphers => TestCipher.KindsAndKeyLengths;

    [SkippableTheory]
    [MemberData(nameof(Ciphers))]
    public void Any_number_of_sectors_is_encrypted_as_the_standard_says(CipherKind kind, int keyLength)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int sectors = 0; sectors <= 20; sectors++)
        {
            byte[] key = TestCipher.RandomBytes(random, keyLength);
            byte[] plaintext = TestCipher.RandomBytes(random, sectors * SectorSize);
            uint first = (uint)random.NextInt64(1L << 32);
            var expected = new List<byte>();
            for (int i = 0; i < sectors; i++)
                expected.AddRange(ReferenceXts.EncryptSector(key, first + (uint)i, plaintext.AsSpan(i * SectorSize, SectorSize)));

            using var cipher = TestCipher.Create(kind, key);
            byte[] ciphertext = new byte[plaintext.Length];
            cipher.Encrypt(first, plaintext, ciphertext);
            Assert.True(ciphertext.AsSpan().SequenceEqual(expected.ToArray()), $"{sectors} sectors from {first}, seed {seed}");
        }
    }

    [SkippableTheory]
    [InlineData(32)]
    [InlineData(64)]
    public void The_instructions_and_the_library_give_the_same_bytes(int keyLength)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int run = 0; run < 200; run++)
        {
            byte[] key = TestCipher.RandomBytes(random, keyLength);
            using var intrinsic = TestCipher.Create(CipherKind.Intrinsic, key);
            using var portable = TestCipher.Create(CipherKind.Portable, key);
            byte[] source = TestCipher.RandomBytes(random, random.Next(70) * SectorSize);
            byte[] a = new byte[source.Length];
            byte[] b = new byte[source.Length];
            ulong first = (ulong)random.NextInt64();
            intrinsic.Encrypt(first, source, a);
            portable.Encrypt(first, source, b);
            Assert.True(a.AsSpan().SequenceEqual(b), $"encrypting {source.Length} bytes from sector {first}, seed {seed}");
            intrinsic.Decrypt(first, source, a);
            portable.Decrypt(first, source, b);
            Assert.True(a.AsSpan().SequenceEqual(b), $"decrypting {source.Length} bytes from sector {first}, seed {seed}");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Ciphers))]
    public void Any_address_will_do_and_nothing_beside_the_destination_is_touched(CipherKind kind, int keyLength)
    {
        const int length = 9 * SectorSize;
        using var cipher = TestCipher.Create(kind, TestCipher.CountingBytes(keyLength));
        byte[] plaintext = TestCipher.RandomBytes(new Random(1), length);
        byte[] expected = new byte[length];
        cipher.Encrypt(7, plaintext, expected);
        for (int offset = 0; offset < 17; offset++)
        {
            byte[] from = [.. new byte[offset], .. plaintext];
            byte[] to = new byte[length + 32];
            cipher.Encrypt(7, from.AsSpan(offset), to.AsSpan(16 - offset, length));
            Assert.Equal([.. new byte[16 - offset], .. expected, .. new byte[16 + offset]], to);
            Assert.Equal([.. new byte[offset], .. plaintext], from);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Ciphers))]
    public void Works_in_place(CipherKind kind, int keyLength)
    {
        using var cipher = TestCipher.Create(kind, TestCipher.CountingBytes(keyLength));
        byte[] plaintext = TestCipher.RandomBytes(new Random(2), 21 * SectorSize);
        byte[] expected = new byte[plaintext.Length];
        cipher.Encrypt(100, plaintext, expected);
        byte[] data = [.. plaintext];
        cipher.Encrypt(100, data, data);
        Assert.Equal(expected, data);
        cipher.Decrypt(100, data, data);
        Assert.Equal(plaintext, data);
    }

    [SkippableTheory]
    [MemberData(nameof(Ciphers))]
    public void Sectors_may_be_decrypted_in_other_portions_than_they_were_encrypted_in(CipherKind kind, int keyLength)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        using var cipher = TestCipher.Create(kind, TestCipher.CountingBytes(keyLength));
        byte[] plaintext = TestCipher.RandomBytes(random, 64 * SectorSize);
        byte[] data = [.. plaintext];
        cipher.Encrypt(1000, data, data);
        for (int sector = 0; sector < 64;)
        {
            int portion = Math.Min(random.Next(1, 12), 64 - sector);
            var part = data.AsSpan(sector * SectorSize, portion * SectorSize);
            cipher.Decrypt(1000 + (ulong)sector, part, part);
            sector += portion;
        }

        Assert.True(data.AsSpan().SequenceEqual(plaintext), $"seed {seed}");
    }

    [SkippableTheory]
    [MemberData(nameof(Ciphers))]
    public void Only_the_low_32_bits_of_a_sector_number_count_as_with_upstream(CipherKind kind, int keyLength)
    {
        using var cipher = TestCipher.Create(kind, TestCipher.CountingBytes(keyLength));
        byte[] across = new byte[4 * SectorSize];
        cipher.Encrypt(0xfffffffe, across, across);
        byte[] below = new byte[2 * SectorSize];
        cipher.Encrypt(0x5_ffff_fffe, below, below);
        byte[] above = new byte[2 * SectorSize];
        cipher.Encrypt(0, above, above);
        Assert.Equal([.. below, .. above], across);
    }

    [SkippableTheory]
    [MemberData(nameof(Ciphers))]
    public void Part_of_a_sector_unequal_lengths_and_partial_overlaps_are_refused(CipherKind kind, int keyLength)
    {
        using var cipher = TestCipher.Create(kind, TestCipher.CountingBytes(keyLength));
        byte[] data = new byte[4 * SectorSize];
        Assert.Throws<ArgumentException>(() => cipher.Encrypt(0, data.AsSpan(0, 511), data.AsSpan(0, 511)));
        Assert.Throws<ArgumentException>(() => cipher.Decrypt(0, data.AsSpan(0, 513), data.AsSpan(0, 513)));
        Assert.Throws<ArgumentException>(() => cipher.Encrypt(0, data.AsSpan(0, 512), data.AsSpan(1024, 1024)));
        Assert.Throws<ArgumentException>(() => cipher.Decrypt(0, data.AsSpan(0, 1024), data.AsSpan(1024, 512)));
        Assert.Throws<ArgumentException>(() => cipher.Encrypt(0, data.AsSpan(0, 1024), data.AsSpan(512, 1024)));
        Assert.Throws<ArgumentException>(() => cipher.Decrypt(0, data.AsSpan(1, 1024), data.AsSpan(0, 1024)));
        Assert.Equal(new byte[4 * SectorSize], data);
    }

    [SkippableTheory]
    [MemberData(nameof(Ciphers))]
    public void A_request_allocates_no_managed_memory(CipherKind kind, int keyLength)
    {
        using var cipher = TestCipher.Create(kind, TestCipher.CountingBytes(keyLength));
        byte[] data = new byte[33 * SectorSize];

        // The first rounds may meet the runtime setting something up on this thread; a request that allocates does so in all of them.
        Assert.Contains(0L, Enumerable.Range(0, 5).Select(_ => AllocatedBy(cipher, data)).ToList());
    }

    private static long AllocatedBy(SectorCipher cipher, byte[] data)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint i = 0; i < 100; i++)
        {
            cipher.Encrypt(i, data, data);
            cipher.Decrypt(i, data, data);
        }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [SkippableTheory]
    [MemberData(nameof(Ciphers))]
    public void A_disposed_cipher_does_nothing_more(CipherKind kind, int keyLength)
    {
        var cipher = TestCipher.Create(kind, TestCipher.CountingBytes(keyLength));
        cipher.Dispose();
        cipher.Dispose();
        byte[] data = new byte[SectorSize];
        Assert.Throws<ObjectDisposedException>(() => cipher.Encrypt(0, data, data));
        Assert.Throws<ObjectDisposedException>(() => cipher.Decrypt(0, data, data));
        Assert.Equal(new byte[SectorSize], data);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void The_length_of_the_key_chooses_the_cipher(int keyLength)
    {
        using var cipher = SectorCipher.Create(TestCipher.CountingBytes(keyLength));
        Assert.Equal(keyLength, cipher.KeyLength);
        Assert.Equal(IntrinsicSectorCipher.IsSupported, cipher is IntrinsicSectorCipher);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(48)]
    [InlineData(65)]
    [InlineData(128)]
    public void A_key_of_another_length_is_refused(int keyLength)
    {
        var refusal = Assert.Throws<BlockException>(() => SectorCipher.Create(TestCipher.CountingBytes(keyLength)));
        Assert.Equal((BlockErrorKind.InvalidArgument, Errno.EINVAL), (refusal.Kind, refusal.Errno));
        Assert.Contains($"not {keyLength}", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void A_key_of_two_equal_halves_is_refused_as_OpenSSL_does(int keyLength)
    {
        byte[] half = TestCipher.CountingBytes(keyLength / 2);
        Assert.Equal(Errno.EINVAL, Assert.Throws<BlockException>(() => SectorCipher.Create([.. half, .. half])).Errno);
    }
}
