using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers.Layers.Alignment;
using Tapvisor.Simulation.Engine;

namespace Tapvisor.Tests.ImageDrivers.Layers.Alignment;

public sealed class RangeLockTests : IDisposable
{
    private readonly SimulatedEngine _engine = new(1);
    private readonly RangeLock _lock = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Plain_writes_do_not_wait_for_each_other()
    {
        Assert.True(_lock.Claim(0, 4096, exclusive: false).IsGranted);
        Assert.True(_lock.Claim(0, 4096, exclusive: false).IsGranted);
    }

    [Fact]
    public void An_exclusive_hold_waits_for_plain_writes_in_its_range()
    {
        RangeHold write = _lock.Claim(4096, 8192, exclusive: false);
        RangeHold before = _lock.Claim(0, 4096, exclusive: true);
        RangeHold within = _lock.Claim(4096, 4608, exclusive: true);
        Assert.True(before.IsGranted);
        Assert.False(within.IsGranted);
        Release(write);
        Assert.True(within.IsGranted);
    }

    [Fact]
    public void What_overlaps_is_served_in_the_order_it_came()
    {
        RangeHold first = _lock.Claim(0, 512, exclusive: true);
        RangeHold second = _lock.Claim(0, 1024, exclusive: true);
        RangeHold third = _lock.Claim(512, 1024, exclusive: false);
        RangeHold elsewhere = _lock.Claim(1024, 2048, exclusive: true);
        Assert.Equal((true, false, false, true), (first.IsGranted, second.IsGranted, third.IsGranted, elsewhere.IsGranted));
        Release(first);
        Assert.Equal((true, false), (second.IsGranted, third.IsGranted));
        Release(second);
        Assert.True(third.IsGranted);
    }

    [Fact]
    public void A_waiter_is_resumed_when_its_turn_comes()
    {
        RangeHold first = _lock.Claim(0, 512, exclusive: true);
        Task<int> waiter = _engine.RunAsync(() => HoldOnceAsync(0, 512));
        _engine.Run();
        Assert.False(waiter.IsCompleted);
        Release(first);
        _engine.Run();
        Assert.True(waiter.IsCompletedSuccessfully);
    }

    [Fact]
    public void Random_claims_are_never_granted_together_with_what_they_conflict_with() => Seeds.Run(200, seed =>
    {
        var random = new Random(seed);
        var claims = new RangeLock();
        List<RangeHold> held = [];
        List<RangeHold> waited = [];
        for (int step = 0; step < 300; step++)
        {
            if (held.Count < 20 && random.Next(2) == 0)
            {
                long start = random.Next(16);
                RangeHold hold = claims.Claim(start, start + random.Next(1, 8), random.Next(2) == 0);
                held.Add(hold);
                if (!hold.IsGranted)
                    waited.Add(hold);
            }
            else if (held.Count > 0)
            {
                RangeHold[] granted = [.. held.Where(h => h.IsGranted)];
                RangeHold next = granted[random.Next(granted.Length)];
                held.Remove(next);
                bool hadToWait = waited.Remove(next);
                _engine.Run(() => ReleaseAsync(claims, next, hadToWait));
            }
            RangeHold[] active = [.. held.Where(h => h.IsGranted)];
            Assert.All(active, a => Assert.DoesNotContain(active, b => a != b && a.ConflictsWith(b)));

            // Nobody waits without a reason.
            Assert.All(held.Where(h => !h.IsGranted), w => Assert.Contains(held, h => h != w && h.ConflictsWith(w)));
        }
    });

    private async IoTask<int> HoldOnceAsync(long start, long end)
    {
        RangeHold hold = _lock.Claim(start, end, exclusive: true);
        if (!hold.IsGranted)
            await hold.WaitAsync();
        _lock.Release(hold);
        return 0;
    }

    private void Release(RangeHold hold) => _engine.Run(() => ReleaseAsync(_lock, hold, hadToWait: false));

    private static async IoTask<int> ReleaseAsync(RangeLock claims, RangeHold hold, bool hadToWait)
    {
        if (hadToWait)
            await hold.WaitAsync();
        claims.Release(hold);
        return 0;
    }
}
