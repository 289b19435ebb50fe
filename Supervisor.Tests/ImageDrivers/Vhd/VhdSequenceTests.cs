using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Engine.Faults;

namespace Tapvisor.Tests.ImageDrivers.Vhd;

public sealed class VhdSequenceTests
{
    internal const int Sequences = Operations + (Operations * Operations) + (Operations * Operations * Operations);
    private const int Operations = 12;

    // No operation takes many more, and so a crash comes mostly before the end.
    private const int StepsPerOperation = 45;

    // More than three operations can ask for.
    private const int DeviceRoom = 40;

    [Theory, EveryShape]
    public void Every_sequence_of_up_to_three_operations_survives_a_loss_of_power(VhdShape shape) => CrashPoints.Run(Sequences, seed =>
    {
        using var simulation = new VhdSimulation(seed, shape, DeviceRoom);
        int[] operations = SequenceOf(seed % Sequences);
        _ = simulation.Engine.RunAsync(() => PerformAsync(simulation, operations));
        simulation.RunSteps(simulation.Random.Next(StepsPerOperation * operations.Length));
        simulation.CheckCrashes(CrashPoints.Ways);
        simulation.Abandon();
    });

    [Fact]
    public void Without_space_a_write_fails_and_what_was_written_stays_and_goes_on_with_space() => Seeds.Run(20, seed =>
    {
        using var simulation = new VhdSimulation(seed, VhdShape.Dynamic);
        SimulatedFaults faults = simulation.Machine.Faults;
        Assert.Equal(0, simulation.Engine.Run(() => simulation.WriteAsync(0, 4)));
        simulation.Machine.Run();
        faults.Add(new SimulatedFault { Operation = SimulatedOperation.Allocate, Errno = Errno.ENOSPC });
        int block = 1;
        while (simulation.Engine.Run(() => simulation.WriteAsync(block * VhdSimulation.SectorsPerBlock, 4)) == 0)
            block++;
        Assert.Equal(
            -Errno.ENOSPC, simulation.Engine.Run(() => simulation.WriteAsync(block * VhdSimulation.SectorsPerBlock, 4, WriteOptions.Durable)));
        Assert.Equal(0, simulation.Engine.Run(() => simulation.WriteAsync(0, 4, WriteOptions.Durable)));
        simulation.CheckAcknowledged();
        faults.Clear();
        Assert.Equal(0, simulation.Engine.Run(() => simulation.WriteAsync(block * VhdSimulation.SectorsPerBlock, 4)));
        simulation.CheckAcknowledged();
        Assert.Equal(0, simulation.Engine.Run(simulation.CloseAsync));
        simulation.CrashAndCheck();
    });

    /// <summary>The sequences of one, two and three operations, by number.</summary>
    private static int[] SequenceOf(int number)
    {
        int length = 1;
        for (int count = Operations; number >= count; count *= Operations, length++)
            number -= count;
        return [.. Enumerable.Range(0, length).Select(i => number / (int)Math.Pow(Operations, i) % Operations)];
    }

    private static async IoTask<int> PerformAsync(VhdSimulation simulation, int[] operations)
    {
        int result = 0;
        for (int i = 0; i < operations.Length && result == 0; i++)
            result = await PerformOneAsync(simulation, operations[i]);
        return result;
    }

    private static IoTask<int> PerformOneAsync(VhdSimulation simulation, int operation) => operation switch
    {
        0 => simulation.WriteAsync(3, 1),
        1 => simulation.WriteAsync(VhdSimulation.SectorsPerBlock - 2, 4),
        2 => simulation.WriteAsync(0, VhdSimulation.SectorsPerBlock),
        3 => simulation.WriteAsync(VhdSimulation.Sectors - 4, 2, WriteOptions.Durable),
        4 => simulation.ZeroAsync(2, VhdSimulation.SectorsPerBlock + 1),
        5 => simulation.ZeroAsync(1, 3, WriteOptions.Durable),
        6 => simulation.DiscardAsync(0, VhdSimulation.SectorsPerBlock),
        7 => simulation.FlushAsync(),
        8 => simulation.ReopenAsync(),
        9 => simulation.SnapshotAsync(),
        10 => simulation.ZeroAsync(0, VhdSimulation.SectorsPerBlock * 2),
        _ => WriteTwiceAsync(simulation),
    };

    /// <summary>Two writes at once, to the same new block.</summary>
    private static async IoTask<int> WriteTwiceAsync(VhdSimulation simulation)
    {
        IoTask<int> one = simulation.WriteAsync((2 * VhdSimulation.SectorsPerBlock) + 1, 2);
        IoTask<int> other = simulation.WriteAsync((2 * VhdSimulation.SectorsPerBlock) + 5, 2, WriteOptions.Durable);
        int result = await one;
        return Math.Min(result, await other);
    }
}
