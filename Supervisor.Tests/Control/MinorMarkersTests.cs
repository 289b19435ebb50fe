using System.Runtime.Versioning;
using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Tests.Control;

[SupportedOSPlatform("linux")]
public sealed class MinorMarkersTests : IDisposable
{
    private readonly TemporaryControlDirectory _temporary = new();

    private MinorMarkers Minors => _temporary.Minors;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Allocate_takes_the_lowest_free_minor()
    {
        _temporary.AddMarkers([0, 1, 3]);
        Assert.Equal([2, 4], [Minors.Allocate(), Minors.Allocate()]);
    }

    [Fact]
    public void Markers_are_for_their_owner_alone()
    {
        Minors.Allocate();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_temporary.Directory.Marker(0)));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(_temporary.Directory.MarkerDirectory));
    }

    [Fact]
    public async Task Allocations_at_the_same_time_get_different_minors()
    {
        int[] minors = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(Minors.Allocate)));
        Assert.Equal(Enumerable.Range(0, 32), minors.Order());
    }

    /// <summary>W-28: upstream says that it succeeded.</summary>
    [Fact]
    public void All_minors_taken_is_ENOSPC()
    {
        _temporary.AddMarkers([0, 1, 2]);
        Assert.Equal(Errno.ENOSPC, ErrnoOf(() => new MinorMarkers(_temporary.Directory, limit: 3).Allocate()));
    }

    [Fact]
    public void A_freed_minor_is_allocated_again()
    {
        int minor = Minors.Allocate();
        Minors.Free(minor);
        Assert.Equal(minor, Minors.Allocate());
    }

    [Fact]
    public void Freeing_a_minor_that_is_not_allocated_is_ENOENT()
    {
        _temporary.AddMarkers([]);
        Assert.Equal(Errno.ENOENT, ErrnoOf(() => Minors.Free(5)));
    }

    [Fact]
    public void An_attached_minor_is_neither_freed_nor_attached_again_until_it_is_let_go()
    {
        int minor = Minors.Allocate();
        using (Minors.Attach(minor))
        {
            Assert.Equal(Errno.EAGAIN, ErrnoOf(() => Minors.Free(minor)));
            Assert.Equal(Errno.EBUSY, ErrnoOf(() => Minors.Attach(minor)));
            Assert.Equal([minor], Minors.Find());
        }

        Minors.Free(minor);
        Assert.Empty(Minors.Find());
    }

    [Fact]
    public void Attaching_a_minor_that_is_not_allocated_is_ENOENT()
    {
        _temporary.AddMarkers([]);
        Assert.Equal(Errno.ENOENT, ErrnoOf(() => Minors.Attach(5)));
    }

    [Fact]
    public void Only_markers_are_found()
    {
        _temporary.AddMarkers([2, 10]);
        File.WriteAllBytes(_temporary.Directory.MarkerDirectory + "/tapdisk-x", []);
        File.WriteAllBytes(_temporary.Directory.MarkerDirectory + "/other", []);
        Assert.Equal([10, 2], Minors.Find());
    }

    private static int ErrnoOf(Action action) => Assert.Throws<ControlException>(action).Errno;
}
