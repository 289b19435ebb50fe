using Tapvisor.BlockIo;
using Tapvisor.ImageDrivers.Vhd.Format;

namespace Tapvisor.Tests.ImageDrivers.Vhd.Format;

/// <summary>Damaged and hostile files: a clear error or a sound result, never anything else.</summary>
public sealed class VhdFuzzTests
{
    private const int Rounds = 20_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_damage_gives_an_error_or_metadata_inside_its_limits(bool repairChecksums)
    {
        int seed = Random.Shared.Next();
        byte[][] corpus = Corpus();
        for (int round = 0; round < Rounds; round++)
        {
            Random random = new(seed + round);
            byte[] file = Mutate(corpus[random.Next(corpus.Length)], random, repairChecksums);
            try
            {
                using VhdMetadata metadata = LoadedVhd.Of(file, Options(random));
                _ = metadata.EndOfHeaders;
                if (metadata.Bat is { } bat)
                    Assert.True(bat.Count <= VhdLimits.MaxBatEntries, $"seed {seed + round}");
            }
            catch (BlockException e)
            {
                Assert.True(e.Message.EndsWith('.') && e.Errno != 0, $"seed {seed + round}: {e.Message}");
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed + round}: {e}");
            }
        }
    }

    private static VhdLoadOptions Options(Random random) => random.Next(5) switch
    {
        0 => VhdLoadOptions.None,
        1 => VhdLoadOptions.All,
        2 => VhdLoadOptions.All | VhdLoadOptions.Strict,
        3 => VhdLoadOptions.All | VhdLoadOptions.IgnoreDisabled,
        _ => VhdLoadOptions.All | VhdLoadOptions.UseBackupFooter,
    };

    private static byte[][] Corpus()
    {
        using TemporaryDirectory directory = new();
        VhdSample.Unpack(directory, "empty.vhd", "keyed.vhd", "ofraw.vhd", "qemu.vhd", "qemu-force.vhd");
        Guid uuid = Guid.NewGuid();
        return
        [
            .. Directory.GetFiles(directory.Path).Select(File.ReadAllBytes),
            LoadedVhd.New(
                new VhdSpecification(64 << 20, uuid, 0) { MetadataSize = 1UL << 30, Parent = new ParentLink("../p.vhd", uuid, 7) }),
        ];
    }

    /// <summary>A few changed bytes, numbers set to extremes, a cut; perhaps with checksums made right again, to get further.</summary>
    private static byte[] Mutate(byte[] original, Random random, bool repairChecksums)
    {
        byte[] file = [.. original];
        ReadOnlySpan<byte> extremes = [0x00, 0xFF, 0x7F, 0x80, 0x01];
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            int at = random.Next(Math.Min(file.Length, 1 + random.Next(file.Length)));
            if (random.Next(2) == 0)
                file[at] ^= (byte)(1 << random.Next(8));
            else
                file.AsSpan(at, Math.Min(random.Next(1, 9), file.Length - at)).Fill(extremes[random.Next(extremes.Length)]);
        }

        if (repairChecksums && file.Length > 1536)
        {
            VhdFooter footer = new(file.AsSpan(0, 512));
            footer.Seal();
            footer.Bytes.CopyTo(file);
            footer.Bytes.CopyTo(file.AsSpan(file.Length - 512));
            VhdHeader header = new(file.AsSpan(512));
            header.Seal();
            header.Bytes.CopyTo(file.AsSpan(512));
        }

        return random.Next(8) == 0 ? file[..random.Next(file.Length)] : file;
    }
}
