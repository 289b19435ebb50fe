using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using static Tmds.Linux.LibC;

namespace Tapvisor.Benchmarks.Nbd.Processes;

/// <summary>A program that was started here and ends here: disposing ends it, politely first.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>What a program may take to end after SIGTERM before it is killed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;
    private bool _ended;

    private ChildProcess(Process process)
    {
        _process = process;
        _output = ReadAsync(process.StandardOutput);
        _errors = ReadAsync(process.StandardError);
    }

    internal int Id => _process.Id;

    internal bool HasExited => _process.HasExited;

    /// <exception cref="BenchmarkException">It cannot be started.</exception>
    internal static ChildProcess Start(ProgramCall command)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return new ChildProcess(Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new BenchmarkException($"{command.Program} cannot be started: {e.Message}", e);
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="BenchmarkException">It cannot be started or does not end within the limit.</exception>
    internal static async Task<ProcessResult> RunAsync(ProgramCall command, TimeSpan limit, CancellationToken cancellation)
    {
        await using ChildProcess child = Start(command);
        try
        {
            return await child.EndAsync().WaitAsync(limit, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new BenchmarkException($"{command.Program} did not end within {limit.TotalSeconds:0} s.", e);
        }
    }

    /// <summary>Waits for its end.</summary>
    internal async Task<ProcessResult> EndAsync()
    {
        await _process.WaitForExitAsync();
        return new ProcessResult(_process.ExitCode, await _output, await _errors);
    }

    /// <summary>Asks it to end, and kills it if it does not.</summary>
    /// <returns>How it ended; a killed one ends with 137.</returns>
    internal async Task<ProcessResult> TerminateAsync()
    {
        Task<ProcessResult> end = EndAsync();
        if (!_process.HasExited)
            _ = kill(_process.Id, SIGTERM);
        try
        {
            await end.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _ended = true;
        return await end;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_ended)
            await TerminateAsync();
        _process.Dispose();
    }

    // The last lines say why; a server that logs every second for an hour must not fill memory.
    private static async Task<string> ReadAsync(StreamReader reader)
    {
        const int Most = 1 << 20;
        var text = new StringBuilder();
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            text.Append(buffer, 0, count);
            if (text.Length > Most)
                text.Remove(0, text.Length - Most);
        }
        return text.ToString();
    }
}
