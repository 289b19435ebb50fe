using System.Diagnostics;
using System.Text;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>A tapvisord of its own process, whose log can be waited for. It goes with its test.</summary>
internal sealed class Daemon : IDisposable
{
    internal static readonly string Path = Tool.Own("Supervisor", "tapvisord");

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly SemaphoreSlim _changed = new(0);
    private bool _ended;

    internal Daemon(IReadOnlyDictionary<string, string> environment, params string[] arguments)
        : this(Path, environment, arguments)
    {
    }

    /// <summary>One that was built, or put, elsewhere.</summary>
    internal Daemon(string program, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        // Under nohup, or as a script's background job, these tests have signals ignored, and what they start would ignore them, too. env
        // becomes the daemon: the process is the same.
        _process = Tool.Start("env", environment, ["--default-signal=HUP,INT,QUIT", program, .. arguments]);
        _ = Task.Run(ReadLogAsync);
    }

    internal int Id => _process.Id;

    /// <summary>What it has said on standard error.</summary>
    internal string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    internal StreamReader Output => _process.StandardOutput;

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Waits until the log contains a text, and fails when the daemon ends without it.</summary>
    internal async Task SaysAsync(string text)
    {
        while (true)
        {
            lock (_log)
            {
                if (_log.ToString().Contains(text, StringComparison.Ordinal))
                    return;
                Assert.False(_ended, $"The service ended without saying '{text}':\n{_log}");
            }
            await _changed.WaitAsync();
        }
    }

    internal void Signal(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        kill.WaitForExit();
    }

    /// <returns>The exit code.</returns>
    internal async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <returns>The exit code.</returns>
    internal Task<int> EndAsync(string signal)
    {
        Signal(signal);
        return ExitAsync();
    }

    private async Task ReadLogAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_log)
                _log.AppendLine(line);
            _changed.Release();
        }
        lock (_log)
            _ended = true;
        _changed.Release();
    }
}
