using System.Globalization;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Supervisor.Configuration;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>
/// Ends the process when its end takes longer than all its parts may: an engine that waits for a storage for ever, an actor that does not
/// come back. The disks lose nothing by it that a kill would not take, and the next service brings them back.
/// </summary>
internal sealed class EndGuard : IDisposable
{
    private const int ExitCode = 1;

    private readonly ManualResetEventSlim _ended = new();
    private readonly TimeSpan _limit;
    private readonly DiskTable _disks;
    private readonly Action<string> _end;

    /// <summary>From now on the limit counts.</summary>
    /// <param name="limit">Until the process ends.</param>
    /// <param name="disks">To say which are left.</param>
    /// <param name="end">Ends the process and says why; null does so.</param>
    internal EndGuard(TimeSpan limit, DiskTable disks, Action<string>? end = null)
    {
        _limit = limit;
        _disks = disks;
        _end = end ?? EndProcess;

        // A thread of its own: a pool whose threads all hang would not run a timer.
        new Thread(Watch) { IsBackground = true, Name = "end-guard" }.Start();
    }

    /// <summary>The end came in time.</summary>
    public void Dispose() => _ended.Set();

    private void Watch()
    {
        if (_ended.Wait(_limit))
            return;
        string minors = string.Join(", ", _disks.NotEnded.Select(minor => minor.ToString(CultureInfo.InvariantCulture)));
        string left = minors.Length > 0 ? $"minors {minors} are left open" : "every disk is closed";
        _end($"tapvisord: the service did not end within {_limit.TotalSeconds:0.###} s and is ended now; {left}");
    }

    private static void EndProcess(string reason)
    {
        // Whoever should read it may hang as well, and what hangs does not keep the process.
        var words = new Thread(() => StandardError.Say(reason)) { IsBackground = true, Name = "last-words" };
        words.Start();
        words.Join(EndLimits.LastWords);
        _exit(ExitCode);
    }
}
