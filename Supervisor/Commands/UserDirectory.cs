using Tapvisor.Control;
using Tapvisor.Messages;

namespace Tapvisor.Supervisor.Commands;

/// <summary>A control directory for somebody who may not use the host's.</summary>
internal sealed class UserDirectory : IDisposable
{
    private string? _temporary;

    /// <summary>
    /// <paramref name="wanted"/> if this user can use it, else one of the user's own: below XDG_RUNTIME_DIR, or a new private one that
    /// goes with this object, because a directory of a known name in /tmp may be somebody else's trap.
    /// </summary>
    internal string Choose(string wanted)
    {
        try
        {
            var directory = new ControlDirectory(wanted);
            directory.CreateMarkerDirectory();
            using (File.Create(directory.Probe(Environment.ProcessId), 1, FileOptions.DeleteOnClose))
                return wanted;
        }
        catch (Exception e) when (e is ControlException or IOException or UnauthorizedAccessException)
        {
            string own = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime
                ? Path.Combine(runtime, "tapvisor")
                : _temporary = Directory.CreateTempSubdirectory("tapvisor-").FullName;
            Console.WriteLine($"{wanted} cannot be used ({e.Message}); using {own}.");
            return own;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_temporary is not null)
            Directory.Delete(_temporary, recursive: true);
    }
}
