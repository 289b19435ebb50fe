using System.Diagnostics;
using System.Net.Sockets;
using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Processes;

namespace Tapvisor.Benchmarks.Nbd.Servers;

/// <summary>A server that answers on its socket; disposing ends it.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly ChildProcess _process;

    private RunningServer(Contestant contestant, ChildProcess process, string socket)
    {
        (Recipe, Image) = contestant;
        _process = process;
        Uri = $"nbd+unix:///{Recipe.Export}?socket={System.Uri.EscapeDataString(socket)}";
    }

    internal ServerRecipe Recipe { get; }

    internal BenchmarkImage Image { get; }

    internal string Uri { get; }

    /// <summary>Starts a server and waits until it takes connections.</summary>
    /// <param name="contestant">How, and what it serves.</param>
    /// <param name="directory">An empty directory of its own.</param>
    /// <param name="pinning">Where it runs.</param>
    /// <param name="cancellation">Gives up, and ends it.</param>
    /// <exception cref="BenchmarkException">It ends, or does not listen in time.</exception>
    internal static async Task<RunningServer> StartAsync(
        Contestant contestant, string directory, CpuPinning pinning, CancellationToken cancellation)
    {
        (ServerRecipe recipe, BenchmarkImage image) = contestant;
        var process = ChildProcess.Start(pinning.Server(new ProgramCall(recipe.Program, recipe.Arguments(image, directory))));
        try
        {
            if (recipe.Control is { } control)
            {
                await WaitForListenerAsync(recipe, process, control.Socket(process.Id), cancellation);
                await control.OpenAsync(process.Id, image, cancellation);
            }
            string socket = recipe.Socket(directory, process.Id);
            await WaitForListenerAsync(recipe, process, socket, cancellation);
            return new RunningServer(contestant, process, socket);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>What it has used so far.</summary>
    /// <exception cref="BenchmarkException">It has ended.</exception>
    internal ServerUsage Usage()
    {
        try
        {
            return ServerUsage.Read(_process.Id);
        }
        catch (IOException e)
        {
            throw new BenchmarkException($"{Recipe.Name} has ended.", e);
        }
    }

    /// <summary>Ends it.</summary>
    /// <exception cref="BenchmarkException">It had failed, or fails now.</exception>
    internal async Task StopAsync()
    {
        bool early = _process.HasExited;
        ProcessResult result = early || Recipe.Control is not { } control ? await _process.TerminateAsync() : await CloseAsync(control);
        if (early || result.ExitCode != 0)
            throw Failed(early ? $"{Recipe.Name} ended by itself" : $"{Recipe.Name} did not end cleanly", result);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<ProcessResult> CloseAsync(ServerControl control)
    {
        await control.CloseAsync(_process.Id);
        return await _process.EndAsync().WaitAsync(StartLimit);
    }

    // The peers say nothing when they are ready, so there is no event to wait for.
    private static async Task WaitForListenerAsync(ServerRecipe recipe, ChildProcess process, string path, CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (!await AcceptsAsync(path, cancellation))
        {
            if (process.HasExited)
                throw Failed($"{recipe.Name} ended at its start", await process.EndAsync());
            if (waited.Elapsed > StartLimit)
                throw Failed($"{recipe.Name} did not listen on {path} in {StartLimit.TotalSeconds:0} s", await process.TerminateAsync());
            await Task.Delay(PollInterval, cancellation);
        }
    }

    private static async Task<bool> AcceptsAsync(string path, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static BenchmarkException Failed(string what, ProcessResult result) =>
        new($"{what} (exit code {result.ExitCode}): {result.LastLines()}");
}
