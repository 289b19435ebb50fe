using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using System.Text.RegularExpressions;
using Tapvisor.Messages;
using Tapvisor.Native;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.Control;

/// <summary>
/// The directory where tapdisks and their clients meet, and the names in it (include/blktap.h; drivers/tapdisk-nbdserver.c,
/// tapdisk-fdreceiver.c).
/// </summary>
public sealed partial class ControlDirectory
{
    private const string ControlPrefix = "ctl";

    private const string NbdPrefix = "nbd";

    private static readonly EnumerationOptions s_everyEntry = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    public const string DefaultPath = "/run/blktap-control";

    /// <summary>Names another directory, to the service and to its clients alike.</summary>
    public const string EnvironmentVariable = "TAPVISOR_CONTROL_DIR";

    /// <summary>Bytes of a socket's path, sizeof(sockaddr_un.sun_path) with its NUL.</summary>
    public const int MaxSocketPathLength = 108;

    /// <summary>A socket of that path can be bound and connected to.</summary>
    public static bool IsSocketPath(string path) => Encoding.UTF8.GetByteCount(path) < MaxSocketPathLength;

    /// <param name="path">Made absolute: the service and the clients it is passed on to have other working directories.</param>
    public ControlDirectory(string path) => Path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    /// <summary>The directory named by the environment, else the default one.</summary>
    public static ControlDirectory FromEnvironment() =>
        new(Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } path ? path : DefaultPath);

    public string Path { get; }

    /// <summary>Where the minors' markers lie.</summary>
    public string MarkerDirectory => Path + "/tapdisk";

    /// <summary>Says which process is Tapvisor's service: <see cref="ServiceFile"/>.</summary>
    public string ServiceFile => Path + "/service";

    /// <summary>What a service started by a client has to say: its standard output and error.</summary>
    public string ServiceLog => Path + "/service.log";

    /// <summary>Records of the disks of each service, in directories named by their pids.</summary>
    public string Journals => Path + "/journal";

    /// <summary>What a service holds of guests' rings, in directories named by minors.</summary>
    public string Rings => Path + "/rings";

    /// <summary>Socket of a XenStore of the service's own, for development.</summary>
    public string XenStoreSocket => Path + "/xenstore";

    /// <summary>A file that is only made to see whether one can be made.</summary>
    public string Probe(int pid) => Name(".probe", pid);

    public string ControlSocket(int pid) => Name(ControlPrefix, pid);

    public string Marker(int minor) => string.Create(CultureInfo.InvariantCulture, $"{MarkerDirectory}/{MinorMarkers.Prefix}{minor}");

    /// <summary>NBD listener, fixed newstyle; tapback and `-e` find a disk by this name.</summary>
    public string NbdSocket(int pid, int minor) => $"{Path}/{NbdSocketName(pid, minor)}";

    /// <summary>The same without the directory, as XenStore has it.</summary>
    public static string NbdSocketName(int pid, int minor) => string.Create(CultureInfo.InvariantCulture, $"{NbdPrefix}{pid}.{minor}");

    /// <summary>NBD listener of old; speaks fixed newstyle as well.</summary>
    public string NbdOldSocket(int pid, int minor) => Name("nbd-old", pid, minor);

    /// <summary>Takes a connected descriptor and speaks oldstyle on it.</summary>
    public string NbdServerSocket(int pid, int minor) => Name("nbdserver", pid, minor);

    /// <summary>Takes a connected descriptor and speaks fixed newstyle on it.</summary>
    public string NbdServerNewSocket(int pid, int minor) => Name("nbdserver-new", pid, minor);

    /// <summary>Takes descriptors for the nbd image driver.</summary>
    public string NbdClientSocket(int pid) => Name("nbdclient", pid);

    /// <summary>Every path that may be a disk's NBD socket, of living services and of dead ones, or a link to one.</summary>
    public IEnumerable<string> FindNbdSockets(int minor) => Directory.Exists(Path)
        ? Directory.EnumerateFiles(Path, string.Create(CultureInfo.InvariantCulture, $"{NbdPrefix}*.{minor}"))
        : [];

    /// <summary>Understands the name of a disk's NBD socket, without its directory.</summary>
    public static bool TryParseNbdSocket(ReadOnlySpan<char> name, out int pid, out int minor)
    {
        pid = minor = -1;
        if (!name.StartsWith(NbdPrefix, StringComparison.Ordinal))
            return false;
        ReadOnlySpan<char> numbers = name[NbdPrefix.Length..];
        int dot = numbers.IndexOf('.');
        return dot >= 0 && IsNumber(numbers[..dot], out pid) && IsNumber(numbers[(dot + 1)..], out minor);
    }

    /// <summary>Understands the name of any socket of a tapdisk, without its directory; says whose it is.</summary>
    public static bool TryParseSocket(string name, out int pid)
    {
        Match match = SocketName().Match(name);
        pid = match.Success ? int.Parse(match.Groups["pid"].ValueSpan, CultureInfo.InvariantCulture) : -1;
        return match.Success;
    }

    /// <summary>The N of every control socket ctlN in the directory, alive or not, in the order of their names.</summary>
    /// <exception cref="ControlException">The directory cannot be read.</exception>
    public List<int> FindTapdisks() => Numbered(Path, ControlPrefix);

    /// <summary>Creates the directory (0755) and what is missing above it.</summary>
    /// <exception cref="ControlException">The directory cannot be created.</exception>
    public void Create() => Create(Path, 0x1ED);

    /// <summary>Creates the directory and that of the markers (0700).</summary>
    /// <exception cref="ControlException">A directory cannot be created.</exception>
    public void CreateMarkerDirectory()
    {
        Create();
        Create(MarkerDirectory, 0x1C0);
    }

    /// <summary>
    /// The N of every file prefixN, in the order of their names as glob(3) gives them; none when the directory does not exist.
    /// </summary>
    /// <exception cref="ControlException">The directory cannot be read.</exception>
    internal static List<int> Numbered(string directory, string prefix) =>
        [.. NumbersOf(directory, prefix).OrderBy(number => number.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal)];

    /// <summary>As <see cref="Numbered"/>, in no order and without a string for each: there may be thousands.</summary>
    /// <exception cref="ControlException">The directory cannot be read.</exception>
    internal static HashSet<int> NumbersOf(string directory, string prefix)
    {
        try
        {
            return [.. new FileSystemEnumerable<int>(directory, (ref entry) => NumberOf(entry.FileName, prefix), s_everyEntry)
            {
                ShouldIncludePredicate = (ref entry) => NumberOf(entry.FileName, prefix) >= 0,
            }];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ControlException(Errno.EACCES, $"cannot read {directory}: {Errno.Describe(Errno.EACCES)}", e);
        }
        catch (IOException e)
        {
            throw new ControlException(Errno.EIO, $"cannot read {directory}: {e.Message}", e);
        }
    }

    /// <summary>-1 for another name.</summary>
    private static int NumberOf(ReadOnlySpan<char> name, string prefix) =>
        name.StartsWith(prefix) && IsNumber(name[prefix.Length..], out int number) ? number : -1;

    private static void Create(string path, ushort mode)
    {
        for (int end = path.IndexOf('/', 1); end > 0; end = path.IndexOf('/', end + 1))
            _ = mkdir(path[..end], mode); // What is missing above shows when the last one fails.
        if (mkdir(path, mode) != 0 && errno != Errno.EEXIST)
            throw ControlException.FromErrno(errno, $"cannot create the directory {path}");
    }

    private static bool IsNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    [GeneratedRegex(@"^(ctl|nbdclient|(nbd|nbd-old|nbdserver|nbdserver-new)(?=\d+\.))(?<pid>\d{1,9})(\.\d+)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex SocketName();

    private string Name(string kind, int pid) => string.Create(CultureInfo.InvariantCulture, $"{Path}/{kind}{pid}");

    private string Name(string kind, int pid, int minor) => string.Create(CultureInfo.InvariantCulture, $"{Path}/{kind}{pid}.{minor}");
}
