using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Crypto;
using Tapvisor.ImageDrivers.Vhd.Format;
using Tapvisor.Native;
using Tapvisor.Tests.BlockIo.Engines;
using Tapvisor.Tests.VhdUtil;

namespace Tapvisor.Tests.ImageDrivers.Vhd.Driver;

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

    /// <returns>0 or an errno.</returns>
    private static unsafe int SetAttribute(string path, string name, byte value)
    {
        using SafeFileHandle file = File.OpenHandle(path, access: FileAccess.ReadWrite);
        fixed (byte* key = Encoding.ASCII.GetBytes(name + '\0'))
            return LibC.fsetxattr((int)file.DangerousGetHandle(), key, &value, 1, 0) == 0 ? 0 : LibC.errno;
    }

    private byte[] SetKey(string path, int bits)
    {
        string keyFile = _directory.At($"disk,aes-xts-plain,{bits}.key");
        byte[] key = RandomNumberGenerator.GetBytes(bits / 8);
        File.WriteAllBytes(keyFile, key);
        VhdUtilRun.Ok("key", "-s", "-n", path, "-k", keyFile);
        return key;
    }

    private BlockException Refusal(string path, byte[]? key) =>
        Assert.Throws<BlockException>(() => With(path, key, image => image.FlushAsync()));

    private void With(string path, byte[]? key, Func<IImageDriver, IoTask<int>> work) => OpenedVhd.Use(_host, path, work, key: key);
}
