using Tapvisor.BlockIo.Engines.Simulated;
using Tapvisor.BlockIo.Engines.Simulated.Faults;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;

namespace Tapvisor.Tests.ImageDrivers.Vhd.Driver;

public sealed class VhdSequenceTests
{
    private const int Operations = 9;
    private const int Sequences = Operations + (Operations * Operations) + (Operations * Operations * Operations);

    // Longer than any of them takes, for the most part.
    private const int MaxSteps = 120;

    [Theory, EveryShape]
    public void Every_sequence_of_up_to_three_operations_survives_a_loss_of_power(VhdShape shape) => Seeds.Run(2 * Sequences, seed =>
    {
        using var simulation = new VhdSimulation(seed, shape);
        _ = simulation.Engine.RunAsync(() => PerformAsync(simulation, seed % Sequences));
        simulation.RunSteps(simulation.Random.Next(MaxSteps));
        simulation.CrashAndCheck();
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

    private static async IoTask<int> PerformAsync(VhdSimulation simulation, int sequence)
    {
        int length = sequence < Operations ? 1 : sequence < Operations * (Operations + 1) ? 2 : 3;
        int result = 0;
        for (int i = 0; i < length && result == 0; i++)
        {
            result = await PerformOneAsync(simulation, sequence % Operations);
            sequence /= Operations;
        }
        return result;
    }

    private static IoTask<int> PerformOneAsync(VhdSimulation simulation, int operation) => operation switch
    {
        0 => simulation.WriteAsync(3, 1),
        1 => simulation.WriteAsync(VhdSimulation.SectorsPerBlock - 2, 4),
        2 => simulation.WriteAsync(0, VhdSimulation.SectorsPerBlock),
        3 => simulation.WriteAsync(VhdSimulation.Sectors - 4, 2, WriteOptions.Durable),
        4 => simulation.ZeroAsync(2, 9),
        5 => simulation.DiscardAsync(0, VhdSimulation.SectorsPerBlock),
        6 => simulation.FlushAsync(),
        7 => simulation.ZeroAsync(0, VhdSimulation.SectorsPerBlock * 2),
        _ => simulation.ReopenAsync(),
    };
}
