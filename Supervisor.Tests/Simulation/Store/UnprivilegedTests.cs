using Tapvisor.Native;
using Tapvisor.Simulation.Store;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Tests.Simulation.Store;

/// <summary>What a guest may do (Xen's docs/misc/xenstore.txt; tools/xenstored/core.c).</summary>
public sealed class UnprivilegedTests : IAsyncLifetime, IDisposable
{
    private const string Home = "/local/domain/5";

    private readonly TemporaryDirectory _directory = new();
    private readonly EmbeddedXenStore _store = new(new StoreQuota { Nodes = 20, Watches = 3, Transactions = 2, ValueBytes = 100 });
    private XenStoreClient _dom0 = null!;
    private XenStoreClient _guest = null!;
    private XenStoreClient _other = null!;

    public async Task InitializeAsync()
    {
        _dom0 = await XenStoreClient.ConnectAsync(_store.Listen(_directory.At("0")));
        _guest = await XenStoreClient.ConnectAsync(_store.Listen(_directory.At("5"), domId: 5));
        _other = await XenStoreClient.ConnectAsync(_store.Listen(_directory.At("6"), domId: 6));
        await _dom0.MakeDirectoryAsync(Home);
        await _dom0.SetPermissionsAsync(Home, new(5, XenStoreAccess.None), new(0, XenStoreAccess.Read));
    }

    public async Task DisposeAsync()
    {
        await _dom0.DisposeAsync();
        await _guest.DisposeAsync();
        await _other.DisposeAsync();
        await _store.DisposeAsync();
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_domain_writes_into_its_own_home_by_relative_paths()
    {
        await _guest.WriteAsync("device/vbd/1/state", "3");
        Assert.Equal("3", await _dom0.ReadAsync($"{Home}/device/vbd/1/state"));
        Assert.Equal(new XenStorePermission(5, XenStoreAccess.None), (await _dom0.GetPermissionsAsync($"{Home}/device"))[0]);
    }

    [Fact]
    public async Task Others_homes_are_closed()
    {
        await _guest.WriteAsync("secret", "x");
        Assert.Equal(Errno.EACCES, await Fails(_other.ReadAsync($"{Home}/secret")));
        Assert.Equal(Errno.EACCES, await Fails(_other.ReadAsync($"{Home}/missing")));
        Assert.Equal(Errno.EACCES, await Fails(_other.WriteAsync($"{Home}/secret", "y")));
        Assert.Equal(Errno.EACCES, await Fails(_other.RemoveAsync($"{Home}/secret")));
        Assert.Equal(Errno.EACCES, await Fails(_other.WriteAsync("/elsewhere", "y")));
    }

    [Fact]
    public async Task An_entry_lets_one_domain_read_and_no_more()
    {
        await _guest.WriteAsync("shared", "x");
        await _guest.SetPermissionsAsync("shared", new(5, XenStoreAccess.None), new(6, XenStoreAccess.Read));
        Assert.Equal("x", await _other.ReadAsync($"{Home}/shared"));
        Assert.Equal(Errno.EACCES, await Fails(_other.WriteAsync($"{Home}/shared", "y")));
        Assert.Equal(Errno.EACCES, await Fails(_other.SetPermissionsAsync($"{Home}/shared", [new(6, XenStoreAccess.Both)])));
    }

    [Fact]
    public async Task The_first_entry_says_what_everybody_else_may()
    {
        await _guest.WriteAsync("shared", "x");
        await _guest.SetPermissionsAsync("shared", new XenStorePermission(5, XenStoreAccess.Both));
        await _other.WriteAsync($"{Home}/shared", "y");
        Assert.Equal("y", await _guest.ReadAsync("shared"));
    }

    [Fact]
    public async Task Ownership_cannot_be_given_away()
    {
        await _guest.WriteAsync("a", "x");
        Assert.Equal(Errno.EPERM, await Fails(_guest.SetPermissionsAsync("a", new XenStorePermission(6, XenStoreAccess.Both))));
    }

    [Fact]
    public async Task Nodes_are_limited()
    {
        int written = 0;
        int errno = 0;
        while (errno == 0 && written < 100)
        {
            try
            {
                await _guest.WriteAsync($"n{written}", "");
                written++;
            }
            catch (XenStoreException e)
            {
                errno = e.Errno;
            }
        }

        // Its home counts as well.
        Assert.Equal((19, Errno.ENOSPC), (written, errno));
        Assert.Equal(Errno.ENOSPC, await Fails(_guest.TransactAsync(t => t.WriteAsync("more", ""))));
        await _guest.RemoveAsync("n0");
        await _guest.WriteAsync("more", "");
    }

    [Fact]
    public async Task Watches_transactions_and_values_are_limited()
    {
        for (int i = 0; i < 3; i++)
            await _guest.WatchAsync("a");
        Assert.Equal(Errno.E2BIG, await Fails(_guest.WatchAsync("a")));
        Assert.Equal(Errno.ENOSPC, await Fails(_guest.WriteAsync("a", new string('x', 101))));
        Assert.Equal(Errno.ENOSPC, await Fails(
            _guest.TransactAsync(_ => _guest.TransactAsync(_ => _guest.TransactAsync(_ => Task.CompletedTask)))));
    }

    [Fact]
    public async Task Nobody_hears_of_what_he_may_not_read()
    {
        await _guest.WriteAsync("secret", "x");
        await _guest.WriteAsync("shared", "x");
        await _guest.SetPermissionsAsync("shared", new XenStorePermission(5, XenStoreAccess.Read));
        XenStoreWatch watch = await _other.WatchAsync(Home);
        await watch.NextAsync();
        await _guest.WriteAsync("secret", "y");
        await _guest.WriteAsync("shared", "y");
        Assert.Equal($"{Home}/shared", await watch.NextAsync());
    }

    [Fact]
    public async Task Domains_come_and_go_by_the_toolstacks_word_alone()
    {
        Assert.Equal(Errno.EACCES, await Fails(_guest.IntroduceAsync(7, 0, 0)));
        XenStoreWatch born = await _dom0.WatchAsync("@introduceDomain");
        XenStoreWatch dead = await _dom0.WatchAsync("@releaseDomain");
        await born.NextAsync();
        await dead.NextAsync();
        await _dom0.IntroduceAsync(7, 0, 0);
        Assert.Equal("@introduceDomain", await born.NextAsync());
        Assert.True(await _dom0.IsDomainIntroducedAsync(7));
        await _dom0.ReleaseAsync(7);
        Assert.Equal("@releaseDomain", await dead.NextAsync());
        Assert.False(await _dom0.IsDomainIntroducedAsync(7));
    }

    private static async Task<int> Fails(Task task) => (await Assert.ThrowsAsync<XenStoreException>(() => task)).Errno;
}
