using Tapvisor.Benchmarks.Nbd.Processes;
using Tapvisor.Benchmarks.Nbd.Servers;

namespace Tapvisor.Benchmarks.Nbd;

/// <summary>The servers of a benchmark, all running at once, each in its own directory. One that fails is ended and left out.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    // Short and in /tmp by default: the path of a Unix socket holds 107 bytes.
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tapvisor-bench-");
    private readonly List<RunningServer> _running = [];
    private readonly List<Failure> _failures = [];

    /// <summary>In the order they were started.</summary>
    internal IReadOnlyList<RunningServer> Running => _running;

    internal IReadOnlyList<Failure> Failures => _failures;

    /// <summary>Starts a server; a failure is noted.</summary>
    internal async Task StartAsync(Contestant contestant, CpuPinning pinning, CancellationToken cancellation)
    {
        try
        {
            string own = _directory.CreateSubdirectory(contestant.Recipe.Name).FullName;
            _running.Add(await RunningServer.StartAsync(contestant, own, pinning, cancellation));
        }
        catch (BenchmarkException e)
        {
            _failures.Add(new Failure(contestant.Recipe.Name, e.Message));
        }
    }

    /// <summary>Leaves a server out from now on.</summary>
    internal async Task DropAsync(RunningServer server, string reason)
    {
        _running.Remove(server);
        string? more = await StopAsync(server);
        _failures.Add(new Failure(server.Recipe.Name, more is null ? reason : $"{reason} {more}"));
    }

    /// <summary>Ends all that still run; one that does not end cleanly has failed.</summary>
    internal async Task StopAsync()
    {
        foreach (RunningServer server in _running)
        {
            if (await StopAsync(server) is { } reason)
                _failures.Add(new Failure(server.Recipe.Name, reason));
        }
        _running.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        // Together: one that must be killed is waited for, and an interrupted user waits with it.
        await Task.WhenAll(_running.Select(server => server.DisposeAsync().AsTask()));
        _running.Clear();
        _directory.Delete(recursive: true);
    }

    /// <returns>What was wrong with it at its end, or null.</returns>
    private static async Task<string?> StopAsync(RunningServer server)
    {
        try
        {
            await server.StopAsync();
            return null;
        }
        catch (BenchmarkException e)
        {
            return e.Message;
        }
        finally
        {
            await server.DisposeAsync();
        }
    }
}
