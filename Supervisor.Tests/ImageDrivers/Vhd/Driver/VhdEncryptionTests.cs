using System.Security.Cryptography;
using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Crypto;
using Tapvisor.ImageDrivers.Vhd.Driver;
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
        BlockException error = Assert.Throws<BlockException>(() => With(path, key, image => image.FlushAsync()));
        Assert.Equal(Errno.ENOKEY, error.Errno);
    }

    private (string Path, byte[] Key) Create(int bits)
    {
        string path = _directory.At("disk.vhd");
        string keyFile = _directory.At($"disk,aes-xts-plain,{bits}.key");
        byte[] key = RandomNumberGenerator.GetBytes(bits / 8);
        File.WriteAllBytes(keyFile, key);
        VhdUtilRun.Ok("create", "-n", path, "-s", "16");
        VhdUtilRun.Ok("key", "-s", "-n", path, "-k", keyFile);
        return (path, key);
    }

    private void With(string path, byte[] key, Func<IImageDriver, IoTask<int>> work) => Assert.Equal(0, _host.Run(async IoTask<int> () =>
    {
        using var secret = new SecretMemory(key);
        IImageDriver image = await new VhdOpening(_host.Scope, (_, _) => "", new VhdTuning(), secret).OpenAsync(path, ImageOptions.None, null);
        int result = await work(image);
        int closed = await image.CloseAsync();
        return result < 0 ? result : closed;
    }));
}
