using Tapvisor.BlockIo.Engines.Posix;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.Tests.BlockIo.Engines;

public sealed class PostQueueTests
{
    [Fact]
    public void Items_come_out_in_the_order_they_went_in()
    {
        var queue = new PostQueue();
        IoContinuation[] items = [.. Enumerable.Range(0, 5).Select(_ => Item())];
        Assert.All(items, item => Assert.True(queue.TryPush(item, out _)));
        Assert.Equal(items, All(queue.Take()));
        Assert.Null(queue.Take());
    }

    [Fact]
    public void Only_the_first_post_to_a_sleeping_engine_has_to_wake_it()
    {
        var queue = new PostQueue();
        Assert.True(queue.TrySleep());
        Assert.True(queue.TryPush(Item(), out bool first));
        Assert.True(queue.TryPush(Item(), out bool second));
        Assert.True(first);
        Assert.False(second);
        Assert.Equal(2, All(queue.Take()).Count);
    }

    [Fact]
    public void Nobody_falls_asleep_over_an_item()
    {
        var queue = new PostQueue();
        Assert.True(queue.TryPush(Item(), out bool wake));
        Assert.False(wake);
        Assert.False(queue.TrySleep());
        Assert.NotNull(queue.Take());
        Assert.True(queue.TrySleep());
    }

    [Fact]
    public void An_engine_that_woke_for_another_reason_needs_no_waking()
    {
        var queue = new PostQueue();
        Assert.True(queue.TrySleep());
        Assert.Null(queue.Take());
        Assert.True(queue.TryPush(Item(), out bool wake));
        Assert.False(wake);
    }

    [Fact]
    public void A_closed_queue_gives_what_it_has_and_refuses_the_rest()
    {
        var queue = new PostQueue();
        IoContinuation last = Item();
        Assert.True(queue.TryPush(last, out _));
        Assert.Equal([last], All(queue.Close()));
        Assert.False(queue.TryPush(Item(), out bool wake));
        Assert.False(wake);

        var asleep = new PostQueue();
        Assert.True(asleep.TrySleep());
        Assert.Null(asleep.Close());
        Assert.False(asleep.TryPush(Item(), out _));
    }

    private static PostedAction Item() => new(() => { }, null);

    private static List<IoContinuation> All(IoContinuation? first)
    {
        var items = new List<IoContinuation>();
        for (IoContinuation? item = first; item is not null; item = item.NextReady)
            items.Add(item);
        return items;
    }
}
