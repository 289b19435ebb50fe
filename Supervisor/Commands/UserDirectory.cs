using Tapvisor.Messages;
using Tapvisor.Messages.Control;

namespace Tapvisor.Supervisor.Commands;

/// <summary>A control directory for somebody who may not use the host's.</summary>
internal static class UserDirectory
{
    /// <summary><paramref name="wanted"/> if this user can use it, else one of the user's own.</summary>
    internal static string Choose(string wanted)
    {
        try
        {
            new ControlDirectory(wanted).CreateMarkerDirectory();
            using (File.Create(Path.Combine(wanted, $".probe{Environment.ProcessId}"), 1, FileOptions.DeleteOnClose))
                return wanted;
        }
        catch (Exception e) when (e is ControlException or IOException or UnauthorizedAccessException)
        {
            string own = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime
                ? Path.Combine(runtime, "tapvisor")
                : Path.Combine(Path.GetTempPath(), $"tapvisor-{Environment.UserName}");
            Console.WriteLine($"{wanted} cannot be used ({e.Message}); using {own}.");
            return own;
        }
    }
}
