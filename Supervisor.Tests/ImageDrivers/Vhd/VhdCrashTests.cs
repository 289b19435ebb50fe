using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Faults;

namespace Tapvisor.Tests.ImageDrivers.Vhd;

public sealed class VhdCrashTests
{
    private const int Clients = 8;

    [Theory, EveryShape]
    public void What_was_promised_survives_losses_of_power(VhdShape shape) => CrashPoints.Run(CrashPoints.LongRuns, seed =>
    {
        using var simulation = new VhdSimulation(seed, shape);
        for (int life = 0; life < CrashPoints.Lives; life++)
        {
            if (simulation.SnapshotsLeft > 0 && simulation.Random.Next(4) == 0)
                Assert.Equal(0, simulation.Engine.Run(simulation.SnapshotAsync));
            StartClients(simulation);
            simulation.RunSteps(simulation.Random.Next(1500));
            simulation.CheckCrashes(CrashPoints.Ways - 1);
            simulation.CrashAndCheck();
        }
    });

    [Theory, EveryShape]
    public void What_was_acknowledged_survives_the_end_of_the_process(VhdShape shape) => Seeds.Run(60, seed =>
    {
        using var simulation = new VhdSimulation(seed, shape);
        for (int life = 0; life < 3; life++)
        {
            StartClients(simulation);
            simulation.RunSteps(simulation.Random.Next(1500));
            simulation.KillAndCheck();
        }
    });

    [Theory, EveryShape]
    public void What_was_promised_survives_failing_writes_and_syncs(VhdShape shape) => Seeds.Run(60, seed =>
    {
        using var simulation = new VhdSimulation(seed, shape);
        SimulatedFaults faults = simulation.Machine.Faults;
        faults.Add(new SimulatedFault { IsShort = true, OneIn = 6 });
        faults.Add(new SimulatedFault { Operation = SimulatedOperation.Sync, OneIn = 25, Errno = Errno.EIO });
        faults.Add(new SimulatedFault { Operation = SimulatedOperation.Write, OneIn = 20, Errno = Errno.ENOSPC });
        faults.Add(new SimulatedFault { Operation = SimulatedOperation.Read, OneIn = 50, Errno = Errno.EIO });
        faults.Add(new SimulatedFault { Operation = SimulatedOperation.Allocate, OneIn = 5, Errno = Errno.ENOSPC });
        for (int life = 0; life < 2; life++)
        {
            StartClients(simulation, stopAtFailure: false);
            simulation.RunSteps(simulation.Random.Next(2500));
            faults.Clear();
            simulation.CheckAcknowledged();
            simulation.CrashAndCheck();
        }
    });

    [Theory, EveryShape]
    public void Blocks_that_leave_and_come_back_never_show_each_others_data(VhdShape shape) => Seeds.Run(150, seed =>
    {
        using var simulation = new VhdSimulation(seed, shape);
        for (int life = 0; life < 4; life++)
        {
            for (int client = 0; client < Clients; client++)
                _ = simulation.Engine.RunAsync(() => ClientAsync(simulation, stopAtFailure: true, int.MaxValue, BlockRequestAsync));
            simulation.RunSteps(simulation.Random.Next(800));

            // Not both in turn: what a killed process left unflushed may be lost in a later crash.
            if (seed % 2 == 0)
                simulation.CrashAndCheck();
            else
                simulation.KillAndCheck();
        }
    });

    [Theory, EveryShape]
    public void A_closed_disk_holds_everything_and_leaks_nothing(VhdShape shape) => Seeds.Run(40, seed =>
    {
        using var simulation = new VhdSimulation(seed, shape);
        for (int life = 0; life < 2; life++)
        {
            Task<int>[] clients = StartClients(simulation, requests: 40);
            simulation.Engine.RunUntil(() => clients.All(c => c.IsCompleted));
            Assert.All(clients, c => Assert.Equal(0, c.GetAwaiter().GetResult()));
            Assert.Equal(0, simulation.Engine.Run(simulation.CloseAsync));
            simulation.Engine.AssertNothingLeaked();
            simulation.CrashAndCheck();
        }
    });

    [Theory, EveryShape]
    public void A_revoked_driver_writes_no_more_and_leaks_nothing(VhdShape shape) => Seeds.Run(60, seed =>
    {
        using var simulation = new VhdSimulation(seed, shape);
        Task<int>[] clients = StartClients(simulation);
        simulation.RunSteps(simulation.Random.Next(1500));
        simulation.Engine.Post(simulation.Scope.Revoke);
        simulation.Engine.Run(simulation.Scope.DrainAsync);
        byte[] atDrain = simulation.Disk.Content(0, (int)simulation.Disk.Length);
        simulation.Engine.RunUntil(() => clients.All(c => c.IsCompleted));
        Assert.Equal(0, simulation.Engine.Run(simulation.Image.CloseAsync));
        simulation.Machine.Run();
        Assert.Equal(atDrain, simulation.Disk.Content(0, (int)simulation.Disk.Length));
        simulation.Engine.AssertNothingLeaked();
        simulation.Start();
        simulation.CheckAcknowledged();
    });

    private static Task<int>[] StartClients(VhdSimulation simulation, bool stopAtFailure = true, int requests = int.MaxValue) =>
        [.. Enumerable.Range(0, Clients).Select(_ => simulation.Engine.RunAsync(() => ClientAsync(simulation, stopAtFailure, requests, RequestAsync)))];

    private static async IoTask<int> ClientAsync(
        VhdSimulation simulation, bool stopAtFailure, int requests, Func<VhdSimulation, IoTask<int>> request)
    {
        int result = 0;
        while ((result == 0 || (!stopAtFailure && result != -Errno.ECANCELED)) && requests-- > 0 && simulation.History.Count < 600)
            result = await request(simulation);
        return result;
    }

    private static IoTask<int> RequestAsync(VhdSimulation simulation)
    {
        Random random = simulation.Random;
        int count = random.Next(1, random.Next(6) == 0 ? 4 * VhdSimulation.SectorsPerBlock : 6);

        // Mostly in a few blocks, so that requests meet.
        int first = random.Next(random.Next(2) == 0 ? 6 * VhdSimulation.SectorsPerBlock : VhdSimulation.Sectors - count);
        return random.Next(16) switch
        {
            0 => simulation.FlushAsync(),
            1 => simulation.DiscardAsync(first, count),
            2 or 3 => simulation.ZeroAsync(first, count, random.Next(2) == 0 ? WriteOptions.None : WriteOptions.Durable),
            4 or 5 or 6 => simulation.ReadAsync(first, count),
            7 or 8 => simulation.WriteAsync(first, count, WriteOptions.Durable),
            _ => simulation.WriteAsync(first, count),
        };
    }

    /// <summary>Whole blocks of few for the most part, so that places change hands all the time.</summary>
    private static IoTask<int> BlockRequestAsync(VhdSimulation simulation)
    {
        Random random = simulation.Random;
        int count = random.Next(1, 3) * VhdSimulation.SectorsPerBlock;
        int first = random.Next(7) * VhdSimulation.SectorsPerBlock;
        return random.Next(14) switch
        {
            0 => simulation.FlushAsync(),
            1 or 2 => simulation.DiscardAsync(first, count),
            3 or 4 => simulation.ZeroAsync(first, count),
            5 or 6 => simulation.ReadAsync(first, count),
            7 => simulation.WriteAsync(first + 3, 4, WriteOptions.Durable),
            8 or 9 => simulation.WriteAsync(first + 5, 2),
            _ => simulation.WriteAsync(first, count),
        };
    }
}
