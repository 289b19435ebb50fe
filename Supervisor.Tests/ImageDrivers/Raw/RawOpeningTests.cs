using Tapvisor.ImageDrivers;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Storage;

namespace Tapvisor.Tests.ImageDrivers.Raw;

public sealed class RawOpeningTests : IDisposable
{
    private readonly ImageFixture _fixture = new();

    private SimulatedFileSystem Files => _fixture.Machine.Files;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_file_has_its_length_and_sectors_of_512_bytes()
    {
        Files.CreateFile(ImageFixture.Path, 1 << 20);
        Assert.Equal(new ImageInfo(1 << 20, 512, 1, IsReadOnly: false), _fixture.Open().Info);
    }

    [Fact]
    public void A_4Kn_device_has_sectors_of_4096_bytes()
    {
        Files.CreateDevice(ImageFixture.Path, 1 << 20, 4096);
        Assert.Equal(new ImageInfo(1 << 20, 4096, 1, IsReadOnly: true), _fixture.Open(ImageOptions.ReadOnly).Info);
    }

    [Fact]
    public void Where_there_is_no_direct_io_the_page_cache_serves()
    {
        Files.CreateFile(ImageFixture.Path, 1 << 20).HasDirectIo = false;
        IImageDriver image = _fixture.Open();
        _fixture.Write(image, 3, [1, 2, 3]);
        Assert.Equal([1, 2, 3], _fixture.Read(image, 3, 3));
    }

    [Fact]
    public void A_file_whose_end_direct_io_cannot_reach_is_served_by_the_page_cache()
    {
        Files.CreateFile(ImageFixture.Path, (1 << 20) + 512, sectorSize: 4096);
        IImageDriver image = _fixture.Open();
        _fixture.Write(image, 1 << 20, ImageFixture.Pattern(512, 5));
        Assert.Equal(ImageFixture.Pattern(512, 5), _fixture.Disk.Content(1 << 20, 512));
        Assert.Equal((1 << 20) + 512, _fixture.Disk.Length);
    }

    [Fact]
    public void Buffered_says_so_to_the_file_system()
    {
        Files.CreateFile(ImageFixture.Path, 1 << 20);
        _fixture.Write(_fixture.Open(ImageOptions.Buffered), 1, [1]);
        Assert.Equal(0, _fixture.Disk.Calls(SimulatedOperation.Read));
    }

    [Theory]
    [InlineData(0, "is empty")]
    [InlineData(1000, "1000 bytes")]
    [InlineData(511, "511 bytes")]
    public void A_length_that_no_disk_has_is_refused(long length, string reason)
    {
        Files.CreateFile(ImageFixture.Path, length);
        BlockException error = Refused(ImageOptions.ReadOnly);
        Assert.Equal(Errno.EINVAL, error.Errno);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SimulatedDiskKind.Directory, Errno.EISDIR)]
    [InlineData(SimulatedDiskKind.Fifo, Errno.EINVAL)]
    [InlineData(SimulatedDiskKind.CharacterDevice, Errno.EINVAL)]
    internal void What_is_no_disk_is_refused(SimulatedDiskKind kind, int errno)
    {
        Files.CreateOther(ImageFixture.Path, kind);
        Assert.Equal(errno, Refused(ImageOptions.None).Errno);
        Assert.Equal(errno, Refused(ImageOptions.ReadOnly).Errno);
    }

    [Fact]
    public void A_missing_file_is_refused() => Assert.Equal(Errno.ENOENT, Refused(ImageOptions.None).Errno);

    [Fact]
    public void A_path_too_long_is_refused()
    {
        var error = Assert.Throws<BlockException>(() => _fixture.Open(path: "/" + new string('a', 5000)));
        Assert.Equal(Errno.ENAMETOOLONG, error.Errno);
    }

    [Fact]
    public void A_file_that_cannot_be_written_opens_for_reading_only()
    {
        Files.CreateFile(ImageFixture.Path, 1 << 20).IsWritable = false;
        Assert.Equal(Errno.EACCES, Refused(ImageOptions.None).Errno);
        Assert.True(_fixture.Open(ImageOptions.ReadOnly).Info.IsReadOnly);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_refused()
    {
        Files.CreateFile(ImageFixture.Path, 1 << 20).IsReadable = false;
        Assert.Equal(Errno.EACCES, Refused(ImageOptions.ReadOnly).Errno);
    }

    [Theory]
    [InlineData(ImageOptions.None, ImageOptions.None, false)]
    [InlineData(ImageOptions.None, ImageOptions.ReadOnly, false)]
    [InlineData(ImageOptions.ReadOnly, ImageOptions.None, false)]
    [InlineData(ImageOptions.ReadOnly, ImageOptions.ReadOnly, true)]
    [InlineData(ImageOptions.None, ImageOptions.Shared, true)]
    [InlineData(ImageOptions.Shared, ImageOptions.None, true)]
    public void A_writer_is_alone_unless_somebody_says_shared(ImageOptions first, ImageOptions second, bool opens)
    {
        Files.CreateFile(ImageFixture.Path, 1 << 20);
        _fixture.Open(first);
        if (opens)
        {
            _fixture.Open(second);
            return;
        }
        BlockException error = Refused(second);
        Assert.Equal((BlockErrorKind.Locked, Errno.EBUSY), (error.Kind, error.Errno));
        Assert.Contains(ImageFixture.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Closing_gives_the_lock_up()
    {
        Files.CreateFile(ImageFixture.Path, 1 << 20);
        IImageDriver first = _fixture.Open();
        Assert.Equal(0, _fixture.Engine.Run(first.CloseAsync));
        Assert.Equal(0, _fixture.Engine.Run(first.CloseAsync));
        _fixture.Open();
    }

    [Fact]
    public void A_refused_image_leaves_no_file_open()
    {
        Files.CreateFile(ImageFixture.Path, 1000);
        Refused(ImageOptions.None);
        Assert.Equal(1, _fixture.Disk.Calls(SimulatedOperation.Open));
        Assert.Equal(1, _fixture.Disk.Calls(SimulatedOperation.Close));
    }

    [Theory]
    [InlineData("nosuch", Errno.ENOENT)]
    [InlineData("", Errno.ENOENT)]
    [InlineData("AIO", Errno.ENOENT)]
    [InlineData("qcow", Errno.ENOSYS)]
    [InlineData("sync", Errno.ENOSYS)]
    public void A_type_without_driver_is_refused_by_name(string type, int errno)
    {
        var name = new ImageName(type, ImageFixture.Path);
        var error = Assert.Throws<BlockException>(
            () => _fixture.Engine.Run(() => ImageDriverFactory.OpenAsync(_fixture.Scope, name, ImageOptions.None)));
        Assert.Equal(errno, error.Errno);
        Assert.Contains($"'{type}'", error.Message, StringComparison.Ordinal);
    }

    private BlockException Refused(ImageOptions options)
    {
        var error = Assert.Throws<BlockException>(() => _fixture.Open(options));
        Assert.Contains(ImageFixture.Path, error.Message, StringComparison.Ordinal);
        return error;
    }
}
