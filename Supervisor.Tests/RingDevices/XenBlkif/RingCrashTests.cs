using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>The service dies and another goes on with the rings; the guest notices nothing but time.</summary>
public sealed class RingCrashTests
{
    // More than any run here makes.
    private const int Forever = int.MaxValue;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void A_process_that_dies_before_any_of_its_stores_loses_nothing(int seed, bool keepsGrants)
    {
        int stores = 1;
        for (bool survived = false; !survived; stores++)
        {
            using var world = new CrashWorld(seed, requests: 30, keepsGrants: keepsGrants);
            survived = world.Live(stores);
            if (!survived)
                Assert.True(world.Live(Forever), $"seed {seed}, store {stores}");
            world.CheckContent();
        }

        // Nine stores for each request, or the loop above did not see what it was to see.
        Assert.InRange(stores, 200, 2000);
    }

    [Fact]
    public void Process_after_process_may_die_soon_after_its_start()
    {
        for (int seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            BlkifProtocol protocol = seed % 2 == 0 ? BlkifProtocol.X86_32 : BlkifProtocol.X86_64;
            using var world = new CrashWorld(seed, requests: 200, rings: 1 + (seed % 3), protocol, keepsGrants: seed % 4 < 2);
            while (!world.Live(random.Next(1, 120)))
                Assert.InRange(world.Lives, 1, 5000);
            Assert.NotEqual(1, world.Lives);
            world.CheckContent();
        }
    }
}
