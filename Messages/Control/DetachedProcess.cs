using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using Tapvisor.Native;

namespace Tapvisor.Messages.Control;

/// <summary>
/// A process that outlives this one: in a session of its own, with no input, its output in a file, and none of this one's other
/// descriptors. System.Diagnostics.Process can do none of this.
/// </summary>
internal sealed unsafe class DetachedProcess
{
    private const int FirstOwnDescriptor = 3;

    private readonly int _pid;

    private DetachedProcess(string path, int pid) => (Path, _pid) = (path, pid);

    public string Path { get; }

    /// <exception cref="ControlException">The program cannot be run.</exception>
    public static DetachedProcess Start(string path, string[] arguments, string output)
    {
        CloseDescriptorsOnExec();
        byte* actions = stackalloc byte[Libc.SpawnObjectSize];
        byte* attributes = stackalloc byte[Libc.SpawnObjectSize];
        Check(Libc.posix_spawn_file_actions_init(actions), path);
        Check(Libc.posix_spawnattr_init(attributes), path);
        using NativeStrings argv = new([path, .. arguments]);
        using NativeStrings envp = new(Environment());
        try
        {
            Check(Libc.posix_spawnattr_setflags(attributes, Libc.POSIX_SPAWN_SETSID), path);
            Check(Libc.posix_spawn_file_actions_addopen(actions, 0, "/dev/null", Libc.O_RDONLY, 0), path);
            Check(Libc.posix_spawn_file_actions_addopen(actions, 1, output, Libc.O_RDWR | Libc.O_CREAT | Libc.O_TRUNC, 0x180), path);
            Check(Libc.posix_spawn_file_actions_adddup2(actions, 1, 2), path);
            int pid;
            Check(Libc.posix_spawn(&pid, path, actions, attributes, argv.Pointers, envp.Pointers), path);
            return new DetachedProcess(path, pid);
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Becomes another program; returns only by the exception.</summary>
    /// <exception cref="ControlException">The program cannot be run.</exception>
    public static void Become(string path, string[] arguments)
    {
        using NativeStrings argv = new([path, .. arguments]);
        using NativeStrings envp = new(Environment());
        _ = Libc.execve(path, argv.Pointers, envp.Pointers);
        throw Libc.Error($"cannot run {path}");
    }

    /// <summary>How the process ended, or null while it runs.</summary>
    public ProcessExit? TryGetExit()
    {
        int status;
        int pid = Libc.waitpid(_pid, &status, Libc.WNOHANG);
        if (pid < 0 && !Libc.Interrupted())
            throw Libc.Error($"cannot wait for {Path}");
        return pid == _pid ? new ProcessExit(status) : null;
    }

    /// <summary>A script may hold a lock on a descriptor that it passes to every command; a daemon must not keep it.</summary>
    private static void CloseDescriptorsOnExec()
    {
        foreach (string entry in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            int fd = int.Parse(System.IO.Path.GetFileName(entry), CultureInfo.InvariantCulture);
            if (fd >= FirstOwnDescriptor)
                _ = Libc.fcntl(fd, Libc.F_SETFD, Libc.FD_CLOEXEC);
        }
    }

    private static string[] Environment() =>
        [.. System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => $"{variable.Key}={variable.Value}")];

    private static void Check(int errno, string path)
    {
        if (errno != 0)
            throw ControlException.FromErrno(errno, $"cannot run {path}");
    }
}
