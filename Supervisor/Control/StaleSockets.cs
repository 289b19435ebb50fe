using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Tapvisor.Control;

namespace Tapvisor.Supervisor.Control;

/// <summary>What processes that died without tidying up have left in the control directory (upstream never cleans it: W-27).</summary>
internal static class StaleSockets
{
    /// <summary>Removes the sockets of dead processes: those whose control socket refuses and whose pid is gone.</summary>
    internal static void Clean(ControlDirectory directory, ILogger log)
    {
        foreach (int pid in directory.FindTapdisks())
        {
            if (IsAlive(pid) || Answers(directory.ControlSocket(pid)))
                continue;
            foreach (string path in Directory.EnumerateFileSystemEntries(directory.Path))
            {
                if (!ControlDirectory.TryParseSocket(Path.GetFileName(path), out int owner) || owner != pid)
                    continue;
                File.Delete(path);
                log.RemovedStale(path);
            }
        }
    }

    /// <summary>
    /// A tapdisk has that pid: one that is just starting need not answer yet. Another program may have got a dead one's pid.
    /// </summary>
    private static bool IsAlive(int pid)
    {
        try
        {
            // pid (comm) state …, as proc(5) says; a zombie is dead, its parent has not looked yet.
            string stat = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
            int name = stat.IndexOf('(', StringComparison.Ordinal) + 1;
            int end = stat.LastIndexOf(')');
            return stat[name..end] is "tapdisk" or "tapvisord" or "dotnet" && stat[end + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool Answers(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
