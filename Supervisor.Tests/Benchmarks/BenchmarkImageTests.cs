using Tapvisor.Benchmarks;
using Tapvisor.Benchmarks.Nbd.Machine;

namespace Tapvisor.Tests.Benchmarks;

public sealed class BenchmarkImageTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"image-{Guid.NewGuid():N}.img");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void An_image_that_is_made_is_written_throughout_and_removed_at_the_end()
    {
        using (var image = BenchmarkImage.Make(_path, 5 << 20, CancellationToken.None))
        {
            Assert.Equal(5 << 20, new FileInfo(_path).Length);
            Assert.False(image.HasHoles());
        }
        Assert.False(File.Exists(_path));
    }

    [Fact]
    public void An_image_that_is_taken_stays()
    {
        File.WriteAllBytes(_path, new byte[1 << 20]);
        using (var image = BenchmarkImage.Take(_path))
        {
            image.Settle();
            Assert.Equal(1 << 20, image.Bytes);
        }
        Assert.True(File.Exists(_path));
    }

    [Fact]
    public void Holes_are_noticed()
    {
        using (FileStream file = File.Create(_path))
            file.SetLength(1 << 20);
        using var image = BenchmarkImage.Take(_path);
        Assert.True(image.HasHoles());
    }

    [Fact]
    public void A_file_that_exists_is_not_made_again()
    {
        File.WriteAllText(_path, "somebody's disk");
        Assert.Throws<BenchmarkException>(() => BenchmarkImage.Make(_path, 1 << 20, CancellationToken.None));
        Assert.Equal("somebody's disk", File.ReadAllText(_path));
    }

    [Fact]
    public void An_interrupted_one_is_removed()
    {
        Assert.Throws<OperationCanceledException>(() => BenchmarkImage.Make(_path, 1 << 20, new CancellationToken(canceled: true)));
        Assert.False(File.Exists(_path));
    }

    [Fact]
    public void A_missing_directory_is_named() => Assert.Contains(
        "/nonexistent/x.img",
        Assert.Throws<BenchmarkException>(() => BenchmarkImage.Make("/nonexistent/x.img", 1 << 20, CancellationToken.None)).Message,
        StringComparison.Ordinal);
}
