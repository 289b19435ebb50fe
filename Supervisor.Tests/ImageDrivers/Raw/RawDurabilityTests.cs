using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Faults;

namespace Tapvisor.Tests.ImageDrivers.Raw;

public sealed class RawDurabilityTests
{
    [Theory]
    [InlineData(512, true)]
    [InlineData(512, false)]
    [InlineData(4096, true)]
    [InlineData(4096, false)]
    public void What_was_promised_survives_a_loss_of_power(int sector, bool isAligned) => Seeds.Run(150, seed =>
    {
        using var simulation = new DurabilitySimulation(seed, sector, isAligned);
        simulation.StartClients();
        RunSteps(simulation, new Random(seed).Next(2000));
        simulation.Fixture.Machine.Crash();
        simulation.CheckAfterCrash();
        if (isAligned)
            simulation.CheckSectorsAreWhole();
    });

    [Fact]
    public void What_was_promised_survives_failing_writes_and_flushes() => Seeds.Run(100, seed =>
    {
        using var simulation = new DurabilitySimulation(seed, 512, isAligned: false);
        SimulatedFaults faults = simulation.Fixture.Machine.Faults;
        faults.Add(new SimulatedFault { IsShort = true, OneIn = 5 });
        faults.Add(new SimulatedFault { Operation = SimulatedOperation.Sync, OneIn = 20, Errno = Errno.EIO });
        faults.Add(new SimulatedFault { Operation = SimulatedOperation.Write, OneIn = 50, Errno = Errno.ENOSPC });
        simulation.StartClients();
        RunSteps(simulation, new Random(seed).Next(2000));
        simulation.CheckWhileUp();
        simulation.Fixture.Machine.Crash();
        simulation.CheckAfterCrash();
    });

    [Fact]
    public void A_revoked_driver_has_lost_no_acknowledged_write_and_writes_no_more() => Seeds.Run(150, seed =>
    {
        using var simulation = new DurabilitySimulation(seed, 512, isAligned: false);
        Task<int>[] clients = simulation.StartClients();
        RunSteps(simulation, seed * 7);
        ImageFixture fixture = simulation.Fixture;
        fixture.Engine.Post(fixture.Scope.Revoke);
        fixture.Engine.Run(fixture.Scope.DrainAsync);
        Assert.Equal(0, fixture.Scope.Outstanding);
        byte[] afterDrain = simulation.Disk.Content(0, DurabilitySimulation.Size);
        fixture.Engine.RunUntil(() => clients.All(c => c.IsCompleted));
        Assert.Equal(0, fixture.Engine.Run(simulation.Image.CloseAsync));
        fixture.Machine.Run();
        Assert.Equal(afterDrain, simulation.Disk.Content(0, DurabilitySimulation.Size));
        simulation.CheckWhileUp();
        fixture.Engine.AssertNothingLeaked();
        Assert.All(clients, c => Assert.True(c.IsCompletedSuccessfully));

        // Its successor opens at once: the lock is free.
        var successor = new IoScope(fixture.Engine, "successor");
        fixture.Engine.Run(() => ImageDriverFactory.OpenAsync(successor, new ImageName("aio", ImageFixture.Path), ImageOptions.None));
    });

    [Fact]
    public void Revoking_while_it_opens_leaves_nothing_open() => Seeds.Run(40, seed =>
    {
        using var fixture = new ImageFixture(seed);
        fixture.Machine.Files.CreateFile(ImageFixture.Path, 1 << 20);
        Task<int> opening = fixture.Engine.RunAsync(() => OpenAndCloseAsync(fixture));
        RunSteps(fixture, seed % 10);
        fixture.Engine.Post(fixture.Scope.Revoke);
        fixture.Engine.Run(fixture.Scope.DrainAsync);
        fixture.Engine.RunUntil(() => opening.IsCompleted);
        Assert.Equal(fixture.Disk.Calls(SimulatedOperation.Open), fixture.Disk.Calls(SimulatedOperation.Close));
    });

    [Fact]
    public void A_killed_service_loses_no_acknowledged_write_and_its_successor_sees_no_late_one() => Seeds.Run(60, seed =>
    {
        using var simulation = new DurabilitySimulation(seed, 512, isAligned: false);
        simulation.StartClients();
        RunSteps(simulation, seed * 7);
        SimulatedMachine machine = simulation.Fixture.Machine;
        simulation.Fixture.Engine.Kill();
        using var successor = new ImageFixture(machine);
        while (!TryOpen(successor))
        {
        }
        byte[] atOpen = simulation.Disk.Content(0, DurabilitySimulation.Size);
        machine.Run();
        Assert.Equal(atOpen, simulation.Disk.Content(0, DurabilitySimulation.Size));
        simulation.CheckWhileUp();
    });

    private static async IoTask<int> OpenAndCloseAsync(ImageFixture fixture)
    {
        IImageDriver image = await ImageDriverFactory.OpenAsync(fixture.Scope, new ImageName("aio", ImageFixture.Path), ImageOptions.None);
        return await image.CloseAsync();
    }

    private static bool TryOpen(ImageFixture fixture)
    {
        try
        {
            fixture.Open();
            return true;
        }
        catch (BlockException e) when (e.Errno == Errno.EBUSY)
        {
            return false;
        }
    }

    private static void RunSteps(DurabilitySimulation simulation, int steps) => RunSteps(simulation.Fixture, steps);

    private static void RunSteps(ImageFixture fixture, int steps)
    {
        // An alarm clock keeps the machine from coming to rest before the steps are done.
        var scope = new IoScope(fixture.Engine, "alarm");
        Task<int> alarm = fixture.Engine.RunAsync(() => scope.DelayAsync(TimeSpan.FromHours(1)));
        fixture.Engine.RunUntil(() => steps-- <= 0 || alarm.IsCompleted);
    }
}
