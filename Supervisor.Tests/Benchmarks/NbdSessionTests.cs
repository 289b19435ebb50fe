using System.Text;
using Tapvisor.Benchmarks;
using Tapvisor.Benchmarks.Nbd;
using Tapvisor.Benchmarks.Nbd.Jobs;
using Tapvisor.Benchmarks.Nbd.Processes;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Tests.Benchmarks;

/// <summary>The runner as a whole, on the smallest peer there is.</summary>
public sealed class NbdSessionTests : IDisposable
{
    private readonly string _image = Path.Combine(Path.GetTempPath(), $"session-{Guid.NewGuid():N}.img");
    private readonly List<string> _directories = [];
    private readonly StringWriter _output = new();

    public void Dispose() => File.Delete(_image);

    [SkippableFact]
    public async Task A_run_reports_every_job_and_leaves_nothing_behind()
    {
        SkipWithoutPeers();
        Assert.True(await new NbdBenchmarkSession(Options(Nbdkit()), _output, TextWriter.Null).RunAsync(CancellationToken.None));
        Assert.Contains("| nbdkit |", _output.ToString(), StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [SkippableFact]
    public async Task A_server_that_ends_at_once_is_reported_and_the_others_go_on()
    {
        SkipWithoutPeers();
        var broken = new ServerRecipe("broken", "/bin/false", "", (_, _) => [], (directory, _) => Path.Combine(directory, "none"));
        Assert.False(await new NbdBenchmarkSession(Options(broken, Nbdkit()), _output, TextWriter.Null).RunAsync(CancellationToken.None));
        Assert.Contains("**Failed:** broken: broken ended at its start (exit code 1)", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("| nbdkit |", _output.ToString(), StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [SkippableFact]
    public async Task A_server_that_fails_the_client_is_left_out_and_the_run_fails()
    {
        SkipWithoutPeers();
        ServerRecipe nbdkit = Nbdkit();
        ServerRecipe failing = nbdkit with
        {
            Name = "failing",
            Arguments = (image, directory) => ["--filter=error", .. nbdkit.Arguments(image, directory), "error-rate=100%", "error=EIO"],
        };
        Assert.False(await new NbdBenchmarkSession(Options(failing), _output, TextWriter.Null).RunAsync(CancellationToken.None));
        Assert.Contains("**Failed:** failing: fio exited with 1", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("No server finished a run.", _output.ToString(), StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [SkippableFact]
    public async Task An_interruption_ends_and_removes_everything()
    {
        SkipWithoutPeers();
        using var interruption = new CancellationTokenSource();
        using var progress = new InterruptingWriter("warm-up", interruption);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new NbdBenchmarkSession(Options(Nbdkit()), _output, progress).RunAsync(interruption.Token));
        Assert.Equal("", _output.ToString());
        AssertNothingLeft();
    }

    [SkippableFact]
    public async Task A_peer_that_is_not_installed_is_left_out_with_a_warning()
    {
        SkipWithoutPeers();
        ServerRecipe missing = Nbdkit() with { Name = "missing", Program = "no-such-program" };
        Assert.True(await new NbdBenchmarkSession(Options(missing, Nbdkit()), _output, TextWriter.Null).RunAsync(CancellationToken.None));
        Assert.Contains("**Warning:** missing is left out: no-such-program is not in PATH.", _output.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Somebodys_image_is_not_written_to_unless_it_may()
    {
        SkipWithoutPeers();
        await File.WriteAllTextAsync(_image, "somebody's disk");
        NbdBenchmarkOptions options = Options(Nbdkit()) with { Jobs = FioJob.All };
        BenchmarkException refusal = await Assert.ThrowsAsync<BenchmarkException>(
            () => new NbdBenchmarkSession(options, _output, TextWriter.Null).RunAsync(CancellationToken.None));
        Assert.Contains("--overwrite", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("somebody's disk", await File.ReadAllTextAsync(_image));
    }

    private static void SkipWithoutPeers() => Skip.If(
        ProgramPath.Find("fio") is null || ProgramPath.Find("nbdkit") is null, "fio and nbdkit are needed, and are not both in PATH.");

    private NbdBenchmarkOptions Options(params ServerRecipe[] servers) =>
        new(servers, [Sample.Job], Rounds: 1, Seconds: 1, _image, 16 << 20, Overwrite: false, Pin: false, JsonPath: null);

    private ServerRecipe Nbdkit()
    {
        ServerRecipe nbdkit = ServerRecipes.All("", null).Single(recipe => recipe.Name == "nbdkit");
        return nbdkit with
        {
            Arguments = (image, directory) =>
            {
                _directories.Add(directory);
                return nbdkit.Arguments(image, directory);
            },
        };
    }

    private void AssertNothingLeft()
    {
        Assert.False(File.Exists(_image));
        Assert.NotEmpty(_directories);
        Assert.All(_directories, directory => Assert.False(Directory.Exists(directory)));
        Assert.DoesNotContain(
            Directory.EnumerateDirectories("/proc"), process => CommandLine(process).Contains(_image, StringComparison.Ordinal));
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"), Encoding.UTF8);
        }
        catch (IOException)
        {
            return ""; // No process, or it ended meanwhile.
        }
    }
}
