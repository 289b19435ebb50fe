using Tapvisor.Formats.Crypto;
using Tapvisor.ImageDrivers.Keys;
using Tapvisor.Native;
using Tapvisor.Tests.Formats.Crypto;

namespace Tapvisor.Tests.ImageDrivers.Keys;

public sealed class KeyDirectoriesTests : IDisposable
{
    private const string Image = "/images/disk.vhd";
    private static readonly byte[] s_key = TestCipher.CountingBytes(64);
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_key_is_found_by_the_name_of_its_image()
    {
        Write("disk,aes-xts-plain,512.key", s_key);
        Assert.Equal(s_key, Find(s_key));
        Assert.Null(Find(s_key, "/images/other.vhd"));
    }

    [Fact]
    public void The_key_that_fits_is_taken_wherever_it_is()
    {
        byte[] shorter = TestCipher.CountingBytes(32);
        Write("disk,aes-xts-plain,512.key", new byte[64]);
        Write("disk,aes-xts-plain,256.key", shorter);
        Directory.CreateDirectory(_directory.At("more"));
        Write("more/disk,aes-xts-plain,512.key", s_key);
        Assert.Equal(shorter, Find(shorter));
        Assert.Equal(s_key, Find(s_key));
    }

    [Theory]
    [InlineData(63)]
    [InlineData(65)]
    public void A_file_of_another_length_than_its_name_says_holds_no_key(int length)
    {
        byte[] key = TestCipher.CountingBytes(length);
        Write("disk,aes-xts-plain,512.key", key);
        Assert.Null(Find(key));
        Assert.Null(Find(s_key));
    }

    private void Write(string name, byte[] content) => File.WriteAllBytes(_directory.At(name), content);

    private byte[]? Find(byte[] key, string image = Image)
    {
        var directories = new KeyDirectories(["/nowhere", _directory.Path, _directory.At("more")]);
        using SecretMemory? found = directories.Find(image, KeyHash.Compute(new byte[KeyHash.NonceSize], key));
        return found?.Span.ToArray();
    }
}
