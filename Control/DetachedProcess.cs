using System.Collections;
using System.Globalization;
using Tapvisor.Messages;
using Tapvisor.Native;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Control;

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
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        Check(posix_spawn_file_actions_init(&actions), path);
        Check(posix_spawnattr_init(&attributes), path);
        using NativeStrings argv = new([path, .. arguments]);
        using NativeStrings envp = new(Environment());
        try
        {
            Check(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID), path);
            Check(posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0), path);
            Check(posix_spawn_file_actions_addopen(&actions, 1, output, O_RDWR | O_CREAT | O_TRUNC, 0x180), path);
            Check(posix_spawn_file_actions_adddup2(&actions, 1, 2), path);
            int pid;
            Check(posix_spawn(&pid, path, &actions, &attributes, argv.Pointers, envp.Pointers), path);
            return new DetachedProcess(path, pid);
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(&actions);
            _ = posix_spawnattr_destroy(&attributes);
        }
    }

    /// <summary>Becomes another program; returns only by the exception.</summary>
    /// <exception cref="ControlException">The program cannot be run.</exception>
    public static void Become(string path, string[] arguments)
    {
        using NativeStrings argv = new([path, .. arguments]);
        using NativeStrings envp = new(Environment());
        _ = execve(path, argv.Pointers, envp.Pointers);
        throw ControlException.FromErrno(errno, $"cannot run {path}");
    }

    /// <summary>How the process ended, or null while it runs.</summary>
    public ProcessExit? TryGetExit()
    {
        int status;
        int pid = waitpid(_pid, &status, WNOHANG);
        if (pid < 0 && errno != Errno.EINTR)
            throw ControlException.FromErrno(errno, $"cannot wait for {Path}");
        return pid == _pid ? new ProcessExit(status) : null;
    }

    /// <summary>A script may hold a lock on a descriptor that it passes to every command; a daemon must not keep it.</summary>
    private static void CloseDescriptorsOnExec()
    {
        foreach (string entry in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            int fd = int.Parse(System.IO.Path.GetFileName(entry), CultureInfo.InvariantCulture);
            if (fd >= FirstOwnDescriptor)
                _ = fcntl(fd, F_SETFD, FD_CLOEXEC);
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
