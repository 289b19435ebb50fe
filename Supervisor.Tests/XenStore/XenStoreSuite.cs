using Tapvisor.Native;
using Tapvisor.XenStore;
using Tapvisor.XenStore.Client;

namespace Tapvisor.Tests.XenStore;

/// <summary>How a store behaves towards a privileged client, whichever store it is.</summary>
public abstract class XenStoreSuite : IAsyncLifetime
{
    private readonly string _root = $"/tapvisor-{Guid.NewGuid():N}";
    private readonly List<XenStoreClient> _clients = [];

    protected XenStoreClient Store { get; private set; } = null!;

    protected abstract XenStoreEndpoint? Endpoint { get; }

    public virtual async Task InitializeAsync()
    {
        if (Endpoint is not null)
            Store = await ConnectAsync();
    }

    public virtual async Task DisposeAsync()
    {
        if (Endpoint is not null)
            await Store.RemoveAsync(_root);
        foreach (XenStoreClient client in _clients)
            await client.DisposeAsync();
    }

    [SkippableFact]
    public async Task What_is_written_is_read()
    {
        RequireStore();
        await Store.WriteAsync(At("a"), "value");
        Assert.Equal("value", await Store.ReadAsync(At("a")));
    }

    [SkippableFact]
    public async Task Any_bytes_are_a_value()
    {
        RequireStore();
        string bytes = new([.. Enumerable.Range(0, 256).Select(i => (char)i)]);
        await Store.WriteAsync(At("a"), bytes);
        Assert.Equal(bytes, await Store.ReadAsync(At("a")));
        await Store.WriteAsync(At("a"), "");
        Assert.Equal("", await Store.ReadAsync(At("a")));
    }

    [SkippableFact]
    public async Task A_missing_node_is_ENOENT()
    {
        RequireStore();
        Assert.Equal(Errno.ENOENT, await Fails(() => Store.ReadAsync(At("none"))));
        Assert.Equal(Errno.ENOENT, await Fails(() => Store.ListAsync(At("none"))));
        Assert.Equal(Errno.ENOENT, await Fails(() => Store.GetPermissionsAsync(At("none"))));
        Assert.Equal(Errno.ENOENT, await Fails(() => Store.SetPermissionsAsync(At("none"), [new(0, XenStoreAccess.None)])));
        Assert.Null(await Store.TryReadAsync(At("none")));
        Assert.Empty(await Store.TryListAsync(At("none")));
    }

    [SkippableFact]
    public async Task Writing_makes_what_is_missing_above()
    {
        RequireStore();
        await Store.WriteAsync(At("a/b/c"), "1");
        Assert.Equal("", await Store.ReadAsync(At("a/b")));
        Assert.Equal(["c"], await Store.ListAsync(At("a/b")));
    }

    [SkippableFact]
    public async Task A_directory_is_made_once_and_keeps_its_value()
    {
        RequireStore();
        await Store.MakeDirectoryAsync(At("d/e"));
        Assert.Equal("", await Store.ReadAsync(At("d/e")));
        await Store.WriteAsync(At("d/e"), "kept");
        await Store.MakeDirectoryAsync(At("d/e"));
        Assert.Equal("kept", await Store.ReadAsync(At("d/e")));
    }

    [SkippableFact]
    public async Task Removal_takes_all_below_and_may_be_done_again()
    {
        RequireStore();
        await Store.WriteAsync(At("a/b/c"), "1");
        await Store.RemoveAsync(At("a"));
        Assert.Null(await Store.TryReadAsync(At("a/b/c")));
        await Store.RemoveAsync(At("a"));
        Assert.Equal(Errno.ENOENT, await Fails(() => Store.RemoveAsync(At("a/b/c"))));
        Assert.Equal(Errno.EINVAL, await Fails(() => Store.RemoveAsync("/")));
    }

    [SkippableFact]
    public async Task Relative_paths_are_below_the_own_domain()
    {
        RequireStore();
        string name = _root[1..];
        await Store.WriteAsync(name, "here");
        Assert.Equal("here", await Store.ReadAsync($"/local/domain/0/{name}"));
        await Store.RemoveAsync(name);
    }

    [SkippableFact]
    public async Task New_nodes_have_the_permissions_of_what_they_are_made_in()
    {
        RequireStore();
        XenStorePermission[] permissions = [new(0, XenStoreAccess.None), new(5, XenStoreAccess.Read), new(6, XenStoreAccess.Both)];
        await Store.MakeDirectoryAsync(At("a"));
        await Store.SetPermissionsAsync(At("a"), permissions);
        await Store.WriteAsync(At("a/b/c"), "1");
        Assert.Equal(permissions, await Store.GetPermissionsAsync(At("a")));
        Assert.Equal(permissions, await Store.GetPermissionsAsync(At("a/b")));
        Assert.Equal(permissions, await Store.GetPermissionsAsync(At("a/b/c")));
    }

    [SkippableFact]
    public async Task Permissions_survive_a_write()
    {
        RequireStore();

        // The real store lets nobody own a node who does not exist.
        XenStorePermission[] permissions = [new(0, XenStoreAccess.Read), new(3, XenStoreAccess.Write)];
        await Store.WriteAsync(At("a"), "1");
        await Store.SetPermissionsAsync(At("a"), permissions);
        await Store.WriteAsync(At("a"), "2");
        Assert.Equal(permissions, await Store.GetPermissionsAsync(At("a")));
    }

    [SkippableFact]
    public async Task A_directory_too_long_for_a_message_is_listed_in_parts()
    {
        RequireStore();
        string[] names = [.. Enumerable.Range(0, 500).Select(i => $"a-rather-long-name-of-a-node-{i:D5}")];
        await Store.TransactAsync(async transaction =>
        {
            foreach (string name in names)
                await transaction.WriteAsync(At($"many/{name}"), "");
        });
        Assert.Equal(names, (await Store.ListAsync(At("many"))).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Messages_that_are_too_long_are_refused_without_harm()
    {
        RequireStore();
        Assert.Equal(Errno.E2BIG, await Fails(() => Store.WriteAsync(At("a"), new string('x', XenStoreLimits.Payload))));
        await Store.WriteAsync(At("a"), new string('x', 2000));
        Assert.Equal(2000, (await Store.ReadAsync(At("a"))).Length);
    }

    [SkippableTheory]
    [InlineData("//")]
    [InlineData("/a//b")]
    [InlineData("/a/")]
    [InlineData("/a b")]
    [InlineData("/a\0b")]
    [InlineData("")]
    public async Task A_path_that_no_store_takes_is_EINVAL(string path)
    {
        RequireStore();
        Assert.Equal(Errno.EINVAL, await Fails(() => Store.ReadAsync(path)));
    }

    [SkippableFact]
    public async Task A_transaction_is_seen_by_nobody_until_it_ends()
    {
        RequireStore();
        await Store.TransactAsync(async transaction =>
        {
            await transaction.WriteAsync(At("a"), "1");
            Assert.Equal("1", await transaction.ReadAsync(At("a")));
            Assert.Null(await Store.TryReadAsync(At("a")));
        });
        Assert.Equal("1", await Store.ReadAsync(At("a")));
    }

    [SkippableFact]
    public async Task An_abandoned_transaction_and_one_whose_work_throws_change_nothing()
    {
        RequireStore();
        await Store.TransactAsync(async transaction =>
        {
            await transaction.WriteAsync(At("a"), "1");
            transaction.Abandon();
        });
        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.TransactAsync(async transaction =>
        {
            await transaction.WriteAsync(At("a"), "1");
            throw new InvalidOperationException();
        }));
        Assert.Null(await Store.TryReadAsync(At("a")));
    }

    [SkippableFact]
    public async Task A_transaction_that_conflicts_is_done_again()
    {
        RequireStore();
        await Store.WriteAsync(At("counter"), "0");
        int attempts = 0;
        await Store.TransactAsync(async transaction =>
        {
            int value = int.Parse(await transaction.ReadAsync(At("counter")), null);
            if (++attempts == 1)
                await Store.WriteAsync(At("counter"), "10");
            await transaction.WriteAsync(At("counter"), $"{value + 1}");
        });
        Assert.Equal(("11", 2), (await Store.ReadAsync(At("counter")), attempts));
    }

    [SkippableFact]
    public async Task Reading_that_something_is_missing_conflicts_with_making_it()
    {
        RequireStore();
        await Store.WriteAsync(At("d/other"), "");
        int attempts = 0;
        await Store.TransactAsync(async transaction =>
        {
            string? seen = await transaction.TryReadAsync(At("d/new"));
            if (++attempts == 1)
                await Store.WriteAsync(At("d/new"), "theirs");
            await transaction.WriteAsync(At("result"), seen ?? "missing");
        });
        Assert.Equal("theirs", await Store.ReadAsync(At("result")));
    }

    [SkippableFact]
    public async Task Transactions_on_different_nodes_do_not_conflict()
    {
        RequireStore();
        await Store.WriteAsync(At("a/x"), "");
        await Store.WriteAsync(At("b/x"), "");
        int attempts = 0;
        await Store.TransactAsync(async transaction =>
        {
            attempts++;
            await transaction.ReadAsync(At("a/x"));
            await Store.WriteAsync(At("b/x"), "changed");
            await transaction.WriteAsync(At("a/x"), "changed, too");
        });
        Assert.Equal(1, attempts);
    }

    [SkippableFact]
    public async Task Concurrent_increments_are_all_counted()
    {
        RequireStore();
        await Store.WriteAsync(At("counter"), "0");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (int i = 0; i < 10; i++)
            {
                await Store.TransactAsync(async transaction => await transaction.WriteAsync(
                    At("counter"), $"{int.Parse(await transaction.ReadAsync(At("counter")), null) + 1}"));
            }
        }));
        Assert.Equal("40", await Store.ReadAsync(At("counter")));
    }

    [SkippableFact]
    public async Task A_watch_fires_at_once_and_then_for_each_change_below()
    {
        RequireStore();
        XenStoreWatch watch = await Store.WatchAsync(At("w"));
        Assert.Equal(At("w"), await watch.NextAsync(Deadline()));
        await Store.WriteAsync(At("w"), "1");
        Assert.Equal(At("w"), await watch.NextAsync(Deadline()));
        await Store.WriteAsync(At("w/a/b"), "1");
        Assert.Equal(At("w/a/b"), await watch.NextAsync(Deadline()));
        await Store.SetPermissionsAsync(At("w/a"), new XenStorePermission(0, XenStoreAccess.None));
        Assert.Equal(At("w/a"), await watch.NextAsync(Deadline()));
        await Store.RemoveAsync(At("w/a"));
        Assert.Equal(At("w/a"), await watch.NextAsync(Deadline()));
    }

    [SkippableFact]
    public async Task A_watch_does_not_hear_of_names_that_only_begin_like_its_own()
    {
        RequireStore();
        XenStoreWatch watch = await Store.WatchAsync(At("w"));
        await watch.NextAsync(Deadline());
        await Store.WriteAsync(At("wide"), "1");
        await Store.WriteAsync(At("w"), "1");
        Assert.Equal(At("w"), await watch.NextAsync(Deadline()));
    }

    [SkippableFact]
    public async Task A_watch_hears_when_something_above_it_is_removed()
    {
        RequireStore();
        await Store.WriteAsync(At("a/b/c"), "1");
        XenStoreWatch watch = await Store.WatchAsync(At("a/b/c"));
        await watch.NextAsync(Deadline());
        await Store.RemoveAsync(At("a"));
        Assert.Equal(At("a/b/c"), await watch.NextAsync(Deadline()));
    }

    [SkippableFact]
    public async Task A_relative_watch_has_relative_events()
    {
        RequireStore();
        string name = _root[1..];
        XenStoreWatch watch = await Store.WatchAsync(name);
        Assert.Equal(name, await watch.NextAsync(Deadline()));
        await Store.WriteAsync($"/local/domain/0/{name}/a", "1");
        Assert.Equal($"{name}/a", await watch.NextAsync(Deadline()));
        await Store.RemoveAsync(name);
    }

    [SkippableFact]
    public async Task Watches_hear_of_a_transaction_when_it_is_committed()
    {
        RequireStore();
        XenStoreWatch watch = await Store.WatchAsync(At("w"));
        await watch.NextAsync(Deadline());
        await Store.TransactAsync(async transaction =>
        {
            await transaction.WriteAsync(At("w/a"), "1");
            await Store.WriteAsync(At("w-other"), "");
            await Store.ReadAsync(At("w-other"));
        });
        Assert.Equal("1", await Store.ReadAsync(await watch.NextAsync(Deadline())));
    }

    [SkippableFact]
    public async Task Several_watches_on_one_path_all_hear()
    {
        RequireStore();
        XenStoreClient other = await ConnectAsync();
        XenStoreWatch[] watches = [await Store.WatchAsync(At("w")), await Store.WatchAsync(At("w")), await other.WatchAsync(At("w"))];
        foreach (XenStoreWatch watch in watches)
            await watch.NextAsync(Deadline());
        await Store.WriteAsync(At("w/x"), "1");
        foreach (XenStoreWatch watch in watches)
            Assert.Equal(At("w/x"), await watch.NextAsync(Deadline()));
    }

    [SkippableFact]
    public async Task An_ended_watch_hears_nothing_and_leaves_the_others()
    {
        RequireStore();
        XenStoreWatch ended = await Store.WatchAsync(At("w"));
        XenStoreWatch staying = await Store.WatchAsync(At("w"));
        await staying.NextAsync(Deadline());
        await ended.DisposeAsync();
        await Store.WriteAsync(At("w/x"), "1");
        Assert.Equal(At("w/x"), await staying.NextAsync(Deadline()));
    }

    [SkippableFact]
    public async Task Domain_0_is_introduced_and_has_its_path()
    {
        RequireStore();
        Assert.True(await Store.IsDomainIntroducedAsync(0));
        Assert.False(await Store.IsDomainIntroducedAsync(31999));
        Assert.Equal("/local/domain/31999", await Store.GetDomainPathAsync(31999));
        Assert.Equal(Errno.ENOENT, await Fails(() => Store.ReleaseAsync(31999)));
    }

    [SkippableFact]
    public async Task Deaths_of_domains_can_be_watched()
    {
        RequireStore();
        XenStoreWatch watch = await Store.WatchAsync("@releaseDomain");
        Assert.Equal("@releaseDomain", await watch.NextAsync(Deadline()));
    }

    [SkippableFact]
    public async Task Many_requests_at_once_are_all_answered_with_their_own_answer()
    {
        RequireStore();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Store.WriteAsync(At($"n{i}"), $"{i}")));
        string[] values = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Store.ReadAsync(At($"n{i}"))));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), values);
    }

    protected static CancellationToken Deadline() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    protected static async Task<int> Fails(Func<Task> action) => (await Assert.ThrowsAsync<XenStoreException>(action)).Errno;

    protected string At(string name) => $"{_root}/{name}";

    protected async Task<XenStoreClient> ConnectAsync()
    {
        XenStoreClient client = await XenStoreClient.ConnectAsync(Endpoint!);
        _clients.Add(client);
        return client;
    }

    private void RequireStore() =>
        Skip.If(Endpoint is null, $"no real store: set {RealXenStoreTests.SocketVariable} to the socket of a xenstored");
}
