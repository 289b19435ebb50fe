using Tapvisor.Messages.Nbd;
using Tapvisor.RingDevices.Nbd;
using Tapvisor.Simulation.Engine;

namespace Tapvisor.Tests.RingDevices.Nbd;

public sealed class NbdGateTests
{
    private const ulong Size = 64 << 20;
    private const NbdTransmissionFlags All = (NbdTransmissionFlags)0x96d;
    private const NbdTransmissionFlags ReadOnly = (NbdTransmissionFlags)0x107;

    // Command, flags, offset, length, and the error of a writable disk with all abilities, structured replies and context.
    [Theory]
    [InlineData(0, 0, 0ul, 512u, 0u)]
    [InlineData(0, 4, 0ul, 512u, 0u)]
    [InlineData(0, 1, 0ul, 512u, 0u)]
    [InlineData(0, 2, 0ul, 512u, 22u)]
    [InlineData(0, 0, 0ul, 0u, 22u)]
    [InlineData(0, 0, Size - 512, 512u, 0u)]
    [InlineData(0, 0, Size - 511, 512u, 22u)]
    [InlineData(0, 0, ulong.MaxValue, 512u, 22u)]
    [InlineData(0, 0, 0ul, 32u << 20, 0u)]
    [InlineData(0, 0, 0ul, (32u << 20) + 1, 22u)]
    [InlineData(0, 4, 0ul, (32u << 20) + 1, 75u)]
    [InlineData(1, 0, 0ul, 512u, 0u)]
    [InlineData(1, 4, 0ul, 512u, 22u)]
    [InlineData(1, 0, Size, 512u, 28u)]
    [InlineData(1, 0, 0ul, (32u << 20) + 1, 22u)]
    [InlineData(3, 0, 0ul, 0u, 0u)]
    [InlineData(3, 1, 0ul, 0u, 0u)]
    [InlineData(3, 0, 512ul, 0u, 22u)]
    [InlineData(3, 0, 0ul, 512u, 22u)]
    [InlineData(4, 1, 0ul, 64u << 20, 0u)]
    [InlineData(4, 0, 0ul, (64u << 20) + 1, 22u)]
    [InlineData(5, 0, 0ul, 512u, 22u)]
    [InlineData(6, 0x13, 0ul, 64u << 20, 0u)]
    [InlineData(6, 0, 0ul, (64u << 20) + 1, 28u)]
    [InlineData(6, 4, 0ul, 512u, 22u)]
    [InlineData(7, 8, 0ul, 512u, 0u)]
    [InlineData(7, 16, 0ul, 512u, 22u)]
    [InlineData(7, 0, 0ul, uint.MaxValue, 22u)]
    [InlineData(8, 0, 0ul, 512u, 22u)]
    [InlineData(0xffff, 0, 0ul, 512u, 22u)]
    public void The_gate_knows_what_may_pass(int command, int flags, ulong offset, uint length, uint error)
    {
        var request = new NbdRequest((NbdCommandFlags)flags, (NbdCommand)command, 1, offset, length);
        Assert.Equal((NbdError)error, NbdGate.Check(request, Settings(All))?.Error ?? NbdError.None);
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(3, 0, true)]
    [InlineData(7, 0, true)]
    [InlineData(1, 0, false)]
    [InlineData(1, 1, false)]
    [InlineData(4, 0, false)]
    [InlineData(6, 2, false)]
    public void A_read_only_disk_lets_pass_what_does_not_change_it(int command, int flags, bool passes)
    {
        uint length = command == 3 ? 0u : 512u;
        var request = new NbdRequest((NbdCommandFlags)flags, (NbdCommand)command, 1, 0, length);
        Assert.Equal(passes ? null : NbdError.NBD_EPERM, NbdGate.Check(request, Settings(ReadOnly))?.Error);
    }

    [Fact]
    public void What_was_not_negotiated_is_refused_by_name()
    {
        NbdSettings plain = Settings((NbdTransmissionFlags)0x005) with { IsStructured = false, HasContext = false };
        Assert.Contains("TRIM", Reason(NbdCommand.NBD_CMD_TRIM), StringComparison.Ordinal);
        Assert.Contains("WRITE_ZEROES", Reason(NbdCommand.NBD_CMD_WRITE_ZEROES), StringComparison.Ordinal);
        Assert.Contains("base:allocation", Reason(NbdCommand.NBD_CMD_BLOCK_STATUS), StringComparison.Ordinal);
        Assert.Contains("FUA", Reason(NbdCommand.NBD_CMD_WRITE, NbdCommandFlags.NBD_CMD_FLAG_FUA), StringComparison.Ordinal);
        Assert.Contains("DF", Reason(NbdCommand.NBD_CMD_READ, NbdCommandFlags.NBD_CMD_FLAG_DF), StringComparison.Ordinal);

        string Reason(NbdCommand command, NbdCommandFlags flags = 0) =>
            NbdGate.Check(new NbdRequest(flags, command, 1, 0, 512), plain)!.Reason;
    }

    [Fact]
    public void What_passes_lies_within_the_disk() => Seeds.Run(5000, seed =>
    {
        var random = new Random(seed);
        var request = new NbdRequest(
            (NbdCommandFlags)random.Next(64),
            (NbdCommand)random.Next(10),
            1,
            random.Next(3) == 0 ? (ulong)random.NextInt64() * 2 : (ulong)random.NextInt64(2 * (long)Size),
            random.Next(2) == 0 ? (uint)random.Next() * 2 : (uint)random.Next(1 << 20));
        if (NbdGate.Check(request, Settings(All)) is { } refusal)
            Assert.EndsWith(".", refusal.Reason, StringComparison.Ordinal);
        else
            Assert.True((UInt128)request.Offset + request.Length <= Size, request.ToString());
    });

    private static NbdSettings Settings(NbdTransmissionFlags flags) =>
        new(new NbdExport((long)Size, flags, 1, 4096, NbdExport.MaxRequestSize, ""), IsStructured: true, HasContext: true);
}
