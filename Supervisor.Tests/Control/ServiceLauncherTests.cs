using System.Runtime.Versioning;
using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.Native;
using Tmds.Linux;

namespace Tapvisor.Tests.Control;

[SupportedOSPlatform("linux")]
public sealed class ServiceLauncherTests : IDisposable
{
    private const int Pid = 4711;

    private readonly TemporaryControlDirectory _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_running_service_is_used()
    {
        AddService();
        Assert.Equal(Pid, new ServiceLauncher(_temporary.Client, "/nonexistent").EnsureService());
    }

    [Fact]
    public void A_service_that_holds_the_directory_but_is_silent_is_an_error()
    {
        _temporary.AddService(Pid, _ => null);
        ControlClient client = new(_temporary.Directory, patience: TimeSpan.FromMilliseconds(100));
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<ControlException>(() => new ServiceLauncher(client).EnsureService()).Errno);
    }

    [Fact]
    public async Task A_started_service_is_awaited()
    {
        // The script says that it runs and waits to be let go; this test is the service meanwhile.
        string started = _temporary.Directory.Path + "/started";
        string over = _temporary.Directory.Path + "/over";
        string script = Script($"mkfifo {over}; echo \"$1 $2\" > {started}.new; mv {started}.new {started}; read line < {over}");
        using FileSystemWatcher watcher = new(_temporary.Directory.Path, "started");
        TaskCompletionSource running = new();
        watcher.Renamed += (_, _) => running.TrySetResult();

        // How a rename is told whose two halves are not read together.
        watcher.Created += (_, _) => running.TrySetResult();
        watcher.EnableRaisingEvents = true;

        Task<int> launch = Task.Run(new ServiceLauncher(_temporary.Client, script).EnsureService);
        await running.Task;
        AddService();

        Assert.Equal(Pid, await launch);
        Assert.Equal("run --on-demand\n", await File.ReadAllTextAsync(started));
        await File.WriteAllTextAsync(over, "\n");
    }

    [Fact]
    public void A_service_that_dies_is_reported_with_its_exit_code_and_last_words()
    {
        var error = FailureOf(Script("echo no disks today >&2; exit 13"));
        Assert.Equal(Errno.EACCES, error.Errno);
        Assert.Contains("exited with status 13", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("its last words: no disks today", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_that_ends_well_without_serving_is_an_error_too() =>
        Assert.Equal(Errno.EIO, FailureOf(Script("exit 0")).Errno);

    [Fact]
    public void A_service_that_is_killed_is_EINTR()
    {
        var error = FailureOf(Script("kill -9 $$"));
        Assert.Equal(Errno.EINTR, error.Errno);
        Assert.Contains("killed by signal 9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_executable_that_does_not_exist_is_ENOENT() =>
        Assert.Equal(Errno.ENOENT, FailureOf("/nonexistent").Errno);

    [Fact]
    public void A_started_service_has_a_session_of_its_own_and_no_descriptors_but_the_standard_ones()
    {
        string script = Script(
            "ls /proc/self/fd | tr '\\n' ' '; echo; cut -d ' ' -f 6 /proc/$$/stat; echo $$; readlink /proc/$$/fd/0; exit 1");
        int inheritable = LinuxCalls.open("/dev/null", LibC.O_RDONLY, 0);
        FailureOf(script);
        Assert.Equal(0, LibC.close(inheritable));
        string[] lines = File.ReadAllLines(_temporary.Directory.ServiceLog);
        Assert.Equal("0 1 2 3 ", lines[0]); // 3 is where ls reads the directory.
        Assert.Equal(lines[2], lines[1]);
        Assert.Equal("/dev/null", lines[3]);
    }

    private ControlException FailureOf(string executable) =>
        Assert.Throws<ControlException>(() => new ServiceLauncher(_temporary.Client, executable).EnsureService());

    private void AddService() =>
        _temporary.AddService(Pid, FakeTapdisk.WithPid(Pid, request => new TapdiskResponse.Error(request.Cookie, Errno.ENOSYS)));

    private string Script(string commands)
    {
        string path = _temporary.Directory.Path + "/script";
        File.WriteAllText(path, $"#!/bin/sh\n{commands}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
