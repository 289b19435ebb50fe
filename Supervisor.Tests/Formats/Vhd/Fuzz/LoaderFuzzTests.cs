using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Formats.Vhd.Fuzz;

/// <summary>Damaged and hostile files: a clear error or a sound result, never anything else.</summary>
public sealed class LoaderFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 5000;

    private readonly FuzzRuns _runs = new(output);

    [Fact]
    public void Any_damage_gives_an_error_or_metadata_inside_its_limits() => _runs.Run(Rounds, seed =>
    {
        var random = new Random(seed);
        byte[] file = VhdMutator.Mutate(FuzzCorpus.Small[random.Next(FuzzCorpus.Small.Length)], random);
        try
        {
            using VhdMetadata metadata = LoadedVhd.Of(file, Options(random));
            _ = metadata.EndOfHeaders;
            if (metadata.Bat is { } bat)
                Assert.True(bat.Count <= VhdLimits.MaxBatEntries);
        }
        catch (BlockException e)
        {
            Assert.True(e.Message.EndsWith('.') && e.Errno != 0, e.Message);
        }
    });

    private static VhdLoadOptions Options(Random random) => random.Next(5) switch
    {
        0 => VhdLoadOptions.None,
        1 => VhdLoadOptions.All,
        2 => VhdLoadOptions.All | VhdLoadOptions.Strict,
        3 => VhdLoadOptions.All | VhdLoadOptions.IgnoreDisabled,
        _ => VhdLoadOptions.All | VhdLoadOptions.UseBackupFooter,
    };
}
