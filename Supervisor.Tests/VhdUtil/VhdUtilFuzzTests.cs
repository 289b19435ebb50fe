using System.Buffers.Binary;
using Tapvisor.Formats.Vhd;
using Tapvisor.Tests.Formats.Vhd.Fuzz;
using Xunit.Abstractions;

namespace Tapvisor.Tests.VhdUtil;

/// <summary>vhd-util is given damaged and hostile files: whatever it says, it ends, and what only looks changes nothing.</summary>
public sealed class VhdUtilFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 250;
    private const int ReplayRounds = 100;

    // What a disk of a few KiB can reasonably be told about; read -B of 2 TiB is 128 KiB.
    private const int MaxOutput = 4 << 20;

    private static readonly string[][] s_looks =
    [
        ["check", "-n"], ["check", "-i", "-b", "-s", "-n"], ["query", "-vsfpmdaS", "-n"], ["query", "-u", "-n"], ["read", "-p", "-n"],
        ["read", "-B", "-n"], ["read", "-a", "-c", "16", "-n"], ["read", "-e", "3", "-c", "64", "-n"], ["read", "-m", "0", "-n"],
        ["read", "-r", "0", "-c", "64", "-n"], ["read", "-t", "77", "-n"], ["info"], ["scan"], ["scan", "-f"], ["scan", "-c", "-p", "-a", "-M"],
        ["key", "-p", "-n"],
    ];

    private static readonly string[][] s_changes =
    [
        ["repair", "-n"], ["repair", "-b", "-n"], ["set", "-f", "hidden", "-v", "1", "-n"], ["set", "-f", "marker", "-v", "9", "-n"],
        ["modify", "-z", "-n"], ["fill", "-b", "-f", "0", "-t", "8", "-n"], ["coalesce", "-n"], ["resize", "-s", "48", "-f", "-n"],
    ];

    private readonly FuzzRuns _runs = new(output);
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Looking_at_a_hostile_file_ends_and_changes_nothing() => _runs.Run(Rounds, seed =>
    {
        var random = new Random(seed);
        byte[] file = VhdMutator.Mutate(FuzzCorpus.Choose(random), random);
        string path = Prepare(file, random);
        foreach (string[] look in s_looks)
            Run([.. look, path]);
        Assert.True(file.AsSpan().SequenceEqual(File.ReadAllBytes(path)), "The file was changed.");
    });

    [Fact]
    public void Changing_a_hostile_file_ends_and_success_leaves_one_that_opens() => _runs.Run(Rounds, seed =>
    {
        var random = new Random(seed);
        byte[] file = VhdMutator.Mutate(FuzzCorpus.Choose(random), random);
        string[] change = s_changes[random.Next(s_changes.Length)];
        string path = Prepare(file, random);
        VhdUtilRun run = Run([.. change, path]);
        if (run.ExitCode == 0)
            Assert.True(Run(["query", "-v", "-n", path]).ExitCode == 0, $"It cannot be opened after {string.Join(' ', change)}.");
    });

    [Fact]
    public void A_hostile_journal_is_refused_before_anything_is_written_or_replayed() => _runs.Run(ReplayRounds, seed =>
    {
        var random = new Random(seed);
        byte[] journal = MutateJournal([.. FuzzCorpus.Journal], random);
        byte[] file = random.Next(2) == 0 ? FuzzCorpus.Interrupted : VhdMutator.Mutate(FuzzCorpus.Interrupted, random);
        string path = Prepare(file, random);
        File.WriteAllBytes(_directory.At("journal"), journal);
        VhdUtilRun run = Run(["revert", "-n", path, "-j", _directory.At("journal")]);
        if (run.ExitCode != 0)
            Assert.True(file.AsSpan().SequenceEqual(File.ReadAllBytes(path)), $"The file was changed, but: {run.Error}");
    });

    private string Prepare(byte[] file, Random random)
    {
        string path = _directory.At("disk.vhd");
        File.WriteAllBytes(path, file);
        foreach (string name in (ReadOnlySpan<string>)["base.vhd", "p.vhd", "parent"])
            File.WriteAllBytes(_directory.At(name), FuzzCorpus.Small[random.Next(FuzzCorpus.Small.Length)]);
        return path;
    }

    private static VhdUtilRun Run(string[] arguments)
    {
        VhdUtilRun run = VhdUtilRun.Of(arguments);
        Assert.InRange(run.ExitCode, 0, 255);
        Assert.True(run.Bytes.Length <= MaxOutput, $"{string.Join(' ', arguments)} prints {run.Bytes.Length} bytes.");
        return run;
    }

    /// <summary>Entries that are hostile, but have the right checksum, and headers that are.</summary>
    private static byte[] MutateJournal(byte[] journal, Random random)
    {
        var header = new JournalHeader(journal);
        long at = JournalHeader.Size;
        for (long index = 0; index < (long)header.MetadataEntries + header.DataEntries; index++)
        {
            if (JournalEntry.Read(journal.AsSpan((int)at)) is not { } entry)
                break;
            Span<byte> data = journal.AsSpan((int)at + JournalEntry.Size, (int)entry.Length);
            if (random.Next(4) == 0)
            {
                JournalEntryType type = random.Next(3) == 0 ? (JournalEntryType)random.Next(12) : entry.Type;
                long offset = random.Next(3) == 0 ? random.NextInt64(journal.Length) & ~511L
                    : random.Next(3) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : entry.Offset;
                if (random.Next(2) == 0)
                    data[random.Next(data.Length)] ^= (byte)(1 << random.Next(8));
                JournalEntry.For(type, offset, data).Write(journal.AsSpan((int)at));
            }
            at += JournalEntry.Size + entry.Length;
        }
        if (random.Next(3) == 0)
            BinaryPrimitives.WriteInt64BigEndian(journal.AsSpan(24 + (8 * random.Next(4))), random.NextInt64(long.MinValue, long.MaxValue));
        if (random.Next(5) == 0)
            journal[random.Next(64)] ^= (byte)(1 << random.Next(8));
        return random.Next(5) == 0 ? journal[..random.Next(journal.Length)] : journal;
    }
}
