using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Vhd;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;
using Tapvisor.Tests.BlockIo.Engines;
using Tapvisor.Tests.Formats.Vhd;
using Tapvisor.Tests.VhdUtil;
using Tmds.Linux;

namespace Tapvisor.Tests.ImageDrivers.Vhd;

public sealed class VhdEncryptionTests : IDisposable
{
    private const int Offset = 3 << 20;
    private readonly TemporaryDirectory _directory = new();
    private readonly EngineHost _host = EngineHost.Start(IoEngineKind.LibAio);

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    [SkippableTheory]
    [InlineData(256)]
    [InlineData(512)]
    public void Data_is_encrypted_in_the_file_and_only_there(int bits)
    {
        (string path, byte[] key) = Create(bits);
        byte[] data = RandomNumberGenerator.GetBytes(300 * 1024);
        With(path, key, async image =>
        {
            IoBuffer buffer = _host.Rent(data.Length);
            data.CopyTo(buffer.Span);
            Assert.Equal(0, await image.WriteAsync(Offset, buffer, WriteOptions.None));
            Assert.True(buffer.Span.SequenceEqual(data));
            return await image.Ability<IWriteZeroes>()!.WriteZeroesAsync(Offset + 4096, 4096, WriteOptions.None);
        });
        data.AsSpan(4096, 4096).Clear();
        With(path, key, async image =>
        {
            IoBuffer buffer = _host.Rent(data.Length + 1024);
            Assert.Equal(0, await image.ReadAsync(Offset - 512, buffer));
            Assert.True(buffer.Span.Slice(512, data.Length).SequenceEqual(data));
            Assert.False(buffer.Span[..512].ContainsAnyExcept((byte)0));
            return 0;
        });
        byte[] file = File.ReadAllBytes(path);
        using VhdMetadata metadata = LoadedVhd.Of(file);
        byte[] expected = new byte[data.Length];
        using SectorCipher cipher = SectorCipher.Create(key);
        cipher.Encrypt(Offset / 512, data, expected);
        long place = metadata.Layout.DataOffset(metadata.RequireBat()[1]) + (Offset % metadata.Layout.BlockSize);
        Assert.True(file.AsSpan((int)place, data.Length).SequenceEqual(expected));
        VhdUtilRun.Ok("check", "-n", path);
    }

    [SkippableFact]
    public void Another_key_is_refused()
    {
        (string path, byte[] key) = Create(256);
        key[3] ^= 1;
        Assert.Equal(Errno.ENOKEY, Refusal(path, key).Errno);
    }

    [SkippableFact]
    public void A_key_hash_in_an_extended_attribute_counts_as_one_in_a_batmap()
    {
        (string path, byte[] key) = CreateWithoutBatmap();
        Assert.Equal(Errno.EINVAL, Refusal(path, null).Errno);
        Assert.Equal(Errno.ENOKEY, Refusal(path, RandomNumberGenerator.GetBytes(32)).Errno);
        byte[] data = RandomNumberGenerator.GetBytes(4096);
        With(path, key, async image =>
        {
            IoBuffer buffer = _host.Rent(data.Length);
            data.CopyTo(buffer.Span);
            return await image.WriteAsync(Offset, buffer, WriteOptions.None);
        });
        Assert.Equal(-1, File.ReadAllBytes(path).AsSpan().IndexOf(data));
        With(path, key, async image =>
        {
            IoBuffer buffer = _host.Rent(data.Length);
            int result = await image.ReadAsync(Offset, buffer);
            Assert.True(buffer.Span.SequenceEqual(data));
            return result;
        });
    }

    [SkippableFact]
    public void Every_sector_of_a_fixed_image_with_a_key_hash_is_encrypted()
    {
        (string path, byte[] key) = CreateFixed();
        byte[] footer = File.ReadAllBytes(path)[^512..];
        byte[] data = RandomNumberGenerator.GetBytes(300 * 1024);
        With(path, key, async image =>
        {
            IoBuffer buffer = _host.Rent(data.Length);
            data.CopyTo(buffer.Span);
            int result = await image.WriteAsync(Offset, buffer, WriteOptions.None);
            Assert.True(buffer.Span.SequenceEqual(data));
            return result;
        });
        With(path, key, async image =>
        {
            IoBuffer buffer = _host.Rent(data.Length);
            int result = await image.ReadAsync(Offset, buffer);
            Assert.True(buffer.Span.SequenceEqual(data));
            return result;
        });
        byte[] expected = new byte[data.Length];
        using SectorCipher cipher = SectorCipher.Create(key);
        cipher.Encrypt(Offset / 512, data, expected);
        byte[] file = File.ReadAllBytes(path);
        Assert.True(file.AsSpan(Offset, data.Length).SequenceEqual(expected));
        Assert.Equal(footer, file[^512..]);
    }

    [SkippableFact]
    public void Zeroes_of_an_encrypted_fixed_image_read_as_zeroes_and_nothing_of_it_is_a_hole()
    {
        (string path, byte[] key) = CreateFixed();
        With(path, key, async image =>
        {
            Assert.Null(image.Ability<IDiscard>());
            IWriteZeroes zeroes = image.Ability<IWriteZeroes>()!;
            Assert.Equal(-Errno.EOPNOTSUPP, await zeroes.WriteZeroesAsync(Offset, 1 << 20, WriteOptions.Fast));
            Assert.Equal(0, await zeroes.WriteZeroesAsync(Offset, 1 << 20, WriteOptions.None));
            IoBuffer buffer = _host.Rent(1 << 20);
            int result = await image.ReadAsync(Offset, buffer);
            Assert.False(buffer.Span.ContainsAnyExcept((byte)0));
            var extents = new ExtentList(4);
            Assert.Equal(0, await image.Ability<IBlockStatus>()!.BlockStatusAsync(0, image.Info.Length, extents));
            Assert.Equal(new Extent(image.Info.Length, ExtentStates.Data), extents[0]);
            return result;
        });
    }

    [SkippableFact]
    public void A_fixed_image_with_a_key_hash_is_not_served_without_its_key()
    {
        (string path, _) = CreateFixed();
        Assert.Equal(Errno.EINVAL, Refusal(path, null).Errno);
        Assert.Equal(Errno.ENOKEY, Refusal(path, RandomNumberGenerator.GetBytes(32)).Errno);
    }

    [SkippableFact]
    public void An_attribute_that_is_no_key_hash_is_an_error_rather_than_none()
    {
        (string path, byte[] key) = CreateWithoutBatmap();
        Assert.Equal(0, SetAttribute(path, VhdConstants.VHD_XATTR_KEYHASH, 0));
        Assert.Contains("the hash of its key, has 1 instead", Refusal(path, key).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Every_image_of_a_chain_must_have_the_key()
    {
        VhdSample.Unpack(_directory, "crypt256-snap.vhd", "crypt256.vhd", "empty.vhd");
        string path = _directory.At("child.vhd");
        VhdUtilRun.Ok("snapshot", "-e", "-n", path, "-p", _directory.At("empty.vhd"));
        File.WriteAllBytes(_directory.At("child,aes-xts-plain,256.key"), VhdSample.Crypt256Key);
        VhdUtilRun.Ok("key", "-s", "-n", path, "-k", _directory.At("child,aes-xts-plain,256.key"));
        Assert.Contains("empty.vhd' is not encrypted", Refusal(path, VhdSample.Crypt256Key).Message, StringComparison.Ordinal);
        With(_directory.At("crypt256-snap.vhd"), VhdSample.Crypt256Key, image => image.FlushAsync());
    }

    [SkippableFact]
    public void Each_image_of_a_chain_may_have_a_key_of_its_own()
    {
        (string leaf, byte[] leafKey, byte[] baseKey) = CreateChain();
        With(leaf, null, image => ReadsAsync(image, 0, 1, 2), _directory.Path);
        With(leaf, leafKey, image => ReadsAsync(image, 0, 1, 2), _directory.Path);
        File.Delete(_directory.At("leaf,aes-xts-plain,512.key"));
        With(leaf, leafKey, image => ReadsAsync(image, 0, 1, 2), _directory.Path);
        Assert.Equal(Errno.ENOKEY, Refusal(leaf, baseKey, _directory.Path).Errno);
    }

    [SkippableFact]
    public void A_key_that_is_nowhere_is_ENOKEY_and_its_file_is_named()
    {
        (string leaf, byte[] leafKey, _) = CreateChain();
        File.Delete(_directory.At("disk,aes-xts-plain,256.key"));
        BlockException refusal = Refusal(leaf, leafKey, _directory.Path);
        Assert.Equal(Errno.ENOKEY, refusal.Errno);
        Assert.Contains("'disk,aes-xts-plain,256.key'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.ENOKEY, Refusal(_directory.At("disk.vhd"), null, _directory.Path).Errno);
    }

    [SkippableFact]
    public void A_supplied_key_that_no_image_of_the_chain_has_is_refused_although_theirs_are_found()
    {
        (string leaf, _, _) = CreateChain();
        BlockException refusal = Refusal(leaf, RandomNumberGenerator.GetBytes(32), _directory.Path);
        Assert.Equal(Errno.ENOKEY, refusal.Errno);
        Assert.Contains("any of its parents", refusal.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Encrypted_and_plain_images_do_not_mix_in_a_chain(bool isLeafEncrypted)
    {
        (string parent, string leaf) = (_directory.At("disk.vhd"), _directory.At("leaf.vhd"));
        VhdUtilRun.Ok("create", "-n", parent, "-s", "16");
        VhdUtilRun.Ok("snapshot", "-e", "-n", leaf, "-p", parent);
        SetKey(isLeafEncrypted ? leaf : parent, 256);
        BlockException refusal = Refusal(leaf, null, _directory.Path);
        Assert.Equal(Errno.EINVAL, refusal.Errno);
        Assert.Contains("all encrypted, or none is", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A leaf and its parent with one sector of data each, and keys of their own in files beside them.</summary>
    private (string Leaf, byte[] LeafKey, byte[] BaseKey) CreateChain()
    {
        (string parent, byte[] baseKey) = Create(256);
        With(parent, baseKey, image => WriteAsync(image, 0, 1));
        string leaf = _directory.At("leaf.vhd");
        VhdUtilRun.Ok("snapshot", "-n", leaf, "-p", parent);
        byte[] leafKey = SetKey(leaf, 512);
        With(leaf, null, image => WriteAsync(image, 512, 2), _directory.Path);
        return (leaf, leafKey, baseKey);
    }

    private async IoTask<int> WriteAsync(IImageDriver image, long offset, byte value)
    {
        IoBuffer buffer = _host.Rent(512);
        buffer.Span.Fill(value);
        return await image.WriteAsync(offset, buffer, WriteOptions.None);
    }

    /// <summary>Each sector from <paramref name="offset"/> on is of one value.</summary>
    private async IoTask<int> ReadsAsync(IImageDriver image, long offset, params byte[] values)
    {
        IoBuffer buffer = _host.Rent(512 * values.Length);
        int result = await image.ReadAsync(offset, buffer);
        for (int i = 0; i < values.Length; i++)
            Assert.False(buffer.Slice(i * 512, 512).Span.ContainsAnyExcept(values[i]));
        return result;
    }

    private (string Path, byte[] Key) Create(int bits)
    {
        string path = _directory.At("disk.vhd");
        VhdUtilRun.Ok("create", "-n", path, "-s", "16");
        return (path, SetKey(path, bits));
    }

    private (string Path, byte[] Key) CreateWithoutBatmap()
    {
        string path = _directory.At("disk.vhd");
        VhdSample.Unpack(_directory, "qemu.vhd");
        File.Move(_directory.At("qemu.vhd"), path);
        Skip.If(SetAttribute(path, "user.tapvisor", 1) == Errno.EOPNOTSUPP, "the file system has no extended attributes");
        return (path, SetKey(path, 256));
    }

    /// <summary>vhd-util gives no key hash to a fixed disk; upstream's tapdisk takes it all the same.</summary>
    private (string Path, byte[] Key) CreateFixed()
    {
        string path = _directory.At("disk.vhd");
        VhdUtilRun.Ok("create", "-r", "-n", path, "-s", "16");
        byte[] key = RandomNumberGenerator.GetBytes(64);
        byte[] hash = new byte[KeyHash.Size];
        KeyHash.Compute(new byte[KeyHash.NonceSize], key).Write(hash);
        Skip.If(SetAttribute(path, VhdConstants.VHD_XATTR_KEYHASH, hash) == Errno.EOPNOTSUPP, "the file system has no extended attributes");
        return (path, key);
    }

    /// <returns>0 or an errno.</returns>
    private static unsafe int SetAttribute(string path, string name, params byte[] value)
    {
        using SafeFileHandle file = File.OpenHandle(path, access: FileAccess.ReadWrite);
        fixed (byte* key = Encoding.ASCII.GetBytes(name + '\0'))
        fixed (byte* first = value)
            return LinuxCalls.fsetxattr((int)file.DangerousGetHandle(), key, first, (nuint)value.Length, 0) == 0 ? 0 : LibC.errno;
    }

    private byte[] SetKey(string path, int bits)
    {
        string keyFile = _directory.At(KeyFileName.Of(path, bits / 8));
        byte[] key = RandomNumberGenerator.GetBytes(bits / 8);
        File.WriteAllBytes(keyFile, key);
        VhdUtilRun.Ok("key", "-s", "-n", path, "-k", keyFile);
        return key;
    }

    private BlockException Refusal(string path, byte[]? key, string? keyDirectory = null) =>
        Assert.Throws<BlockException>(() => With(path, key, image => image.FlushAsync(), keyDirectory));

    private void With(string path, byte[]? key, Func<IImageDriver, IoTask<int>> work, string? keyDirectory = null) =>
        OpenedVhd.Use(_host, path, work, key: key, keyDirectory: keyDirectory);
}
