using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Tests.Benchmarks;

public sealed class ServerRecipesTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"recipes,{Guid.NewGuid():N}.img");
    private readonly BenchmarkImage _image;

    public ServerRecipesTests() => _image = BenchmarkImage.Make(_path, 1 << 20, CancellationToken.None);

    public void Dispose() => _image.Dispose();

    [Fact]
    public void Tapvisor_listens_where_its_clients_look_for_minor_0_of_its_pid() =>
        Assert.Equal("/ctl/nbd4711.0", Recipe("tapvisor").Socket("/ctl", 4711));

    [Fact]
    public void Tapvisor_serves_the_image_from_a_control_directory_of_its_own() => Assert.Equal(
        ["serve", "--control-directory", "/ctl", "--config", "/etc/x.hocon", $"aio:{_path}"],
        Recipe("tapvisor").Arguments(_image, "/ctl"));

    [Theory]
    [InlineData("qemu-nbd", "--aio=io_uring", "--cache=none")]
    [InlineData("qemu-nbd-native", "--aio=native", "--cache=none")]
    [InlineData("qemu-storage-daemon", "aio=io_uring", "cache.direct=on")]
    public void The_peers_use_direct_asynchronous_IO_and_leave_locks_alone(string name, string engine, string cache)
    {
        string arguments = string.Join(' ', Recipe(name).Arguments(_image, "/own"));
        Assert.Contains(engine, arguments, StringComparison.Ordinal);
        Assert.Contains(cache, arguments, StringComparison.Ordinal);
        Assert.Contains("locking=off", arguments, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qemu-nbd")]
    [InlineData("qemu-storage-daemon")]
    public void A_comma_in_the_path_is_doubled_for_qemu(string name) => Assert.Contains(
        $"filename={_path.Replace(",", ",,", StringComparison.Ordinal)},",
        string.Join(' ', Recipe(name).Arguments(_image, "/own")),
        StringComparison.Ordinal);

    [Fact]
    public void What_is_buffered_says_so() => Assert.Contains("buffered", Recipe("nbdkit").Settings, StringComparison.Ordinal);

    private static ServerRecipe Recipe(string name) =>
        ServerRecipes.All("/usr/sbin/tapvisord", "/etc/x.hocon").Single(recipe => recipe.Name == name);
}
