using System.Text;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Control;

/// <summary>Finds the control directory's service, and starts one when there is none.</summary>
/// <param name="client">Knows the directory.</param>
/// <param name="executable">The service's executable; null looks for it.</param>
public sealed class ServiceLauncher(ControlClient client, string? executable = null)
{
    /// <summary>Names the service's executable instead of the usual places.</summary>
    public const string EnvironmentVariable = "TAPVISOR_DAEMON";

    private const string Executable = "tapvisord";
    private const string RunVerb = "run";

    /// <summary>The service's directory in an installed tree's libexec.</summary>
    private const string InTree = "tapvisor";

    /// <summary>How long a service may take to start serving: a .NET service on a busy host, with disks to bring back.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    /// <summary>How much of a dead service's output is shown.</summary>
    private const int MaxLastWords = 1024;

    private static readonly string[] UsualDirectories = ["/usr/libexec/tapvisor", "/usr/lib/tapvisor", "/usr/libexec", "/usr/local/sbin", "/usr/sbin", "/usr/bin"];

    /// <summary>The pid of the service, started if necessary, that answers on its control socket.</summary>
    /// <exception cref="ControlException">
    /// ENOENT without executable; what it exited with, or EIO, when it dies; ETIMEDOUT when it does not serve within 20 s.
    /// </exception>
    public int EnsureService()
    {
        if (ServiceFile.FindService(client.Directory) is { } running)
            return client.AskPid(running);

        Deadline deadline = Deadline.After(StartTimeout);
        using ServiceFile launch = ServiceFile.AwaitLaunch(client.Directory, deadline)
            ?? throw new ControlException(
                Errno.ETIMEDOUT, $"another client is starting the service in {client.Directory.Path} and does not get on");
        DetachedProcess? child = launch.HasService()
            ? null
            : DetachedProcess.Start(executable ?? FindExecutable(), [RunVerb, "--on-demand"], client.Directory.ServiceLog);
        while (true)
        {
            if (ServiceFile.FindService(client.Directory) is { } pid)
                return client.AskPid(pid);
            if (child?.TryGetExit() is { } exit)
                throw new ControlException(exit.Errno, $"the service {child.Path} {exit.Text} before it served{LastWords()}");
            if (deadline.HasPassed)
            {
                string lastWords = child is null ? "" : LastWords();
                throw new ControlException(
                    Errno.ETIMEDOUT,
                    $"the service in {client.Directory.Path} does not serve after {StartTimeout.TotalSeconds:0} s{lastWords}");
            }

            Thread.Sleep(ControlConnection.RetryInterval);
        }
    }

    /// <summary>Turns this process into a service in the foreground; returns only by the exception.</summary>
    /// <exception cref="ControlException">The executable is missing or cannot be run.</exception>
    public static void BecomeService() => DetachedProcess.Become(FindExecutable(), [RunVerb]);

    /// <summary>
    /// The service's executable: $TAPVISOR_DAEMON; beside this program; where the build or the installed tree has it, as seen from this
    /// program; the system's directories; $PATH.
    /// </summary>
    /// <exception cref="ControlException">ENOENT.</exception>
    public static string FindExecutable()
    {
        if (Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } named)
        {
            return File.Exists(named)
                ? named
                : throw new ControlException(Errno.ENOENT, $"{EnvironmentVariable} names {named}, which does not exist");
        }

        string own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string[] path = Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        string[] seen = [own, Path.Combine(own, "../../Supervisor", Path.GetFileName(own)), Path.Combine(own, InTree), Path.Combine(own, "..", "libexec", InTree)];
        string[] directories = [.. seen, .. UsualDirectories, .. path];
        string? found = directories.Select(directory => Path.GetFullPath(Path.Combine(directory, Executable))).FirstOrDefault(File.Exists);
        return found ?? throw new ControlException(
            Errno.ENOENT, $"the service's executable {Executable} is neither in {own} nor in PATH; {EnvironmentVariable} can name it");
    }

    private string LastWords()
    {
        try
        {
            using FileStream log = File.OpenRead(client.Directory.ServiceLog);
            log.Seek(-Math.Min(log.Length, MaxLastWords), SeekOrigin.End);
            using StreamReader reader = new(log, Encoding.UTF8);
            string words = reader.ReadToEnd().Trim();
            return words.Length == 0 ? "" : $"; its last words: {words}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"; its output cannot be read: {e.Message}";
        }
    }
}
