using System.Net.Sockets;
using System.Text;
using Tapvisor.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Tapvisor.XenStore.Client;

/// <summary>Where a store is: a Unix socket, or a device of the kernel's.</summary>
/// <param name="Path">Its file.</param>
public sealed record XenStoreEndpoint(string Path)
{
    /// <summary>Names the file to use, whatever else there is.</summary>
    public const string PathVariable = "XENSTORED_PATH";

    /// <summary>Names the directory of xenstored's socket.</summary>
    public const string DirectoryVariable = "XENSTORED_RUNDIR";

    private const string DefaultDirectory = "/var/run/xenstored";

    /// <summary>Where a xenstored will be that has not started yet.</summary>
    public static XenStoreEndpoint Default { get; } = new($"{DefaultDirectory}/socket");

    /// <summary>
    /// The store of this host, or null where there is none: what XENSTORED_PATH names, else the socket of a xenstored in this domain,
    /// else the kernel's device (libxenstore's order: Xen's tools/libs/store/xs.c, xs_open).
    /// </summary>
    public static XenStoreEndpoint? Find() => Find(Environment.GetEnvironmentVariable, System.IO.Path.Exists);

    internal static XenStoreEndpoint? Find(Func<string, string?> environment, Func<string, bool> exists)
    {
        if (environment(PathVariable) is { Length: > 0 } named)
            return new XenStoreEndpoint(named);
        string directory = environment(DirectoryVariable) is { Length: > 0 } run ? run : DefaultDirectory;
        string[] candidates = [$"{directory}/socket", "/dev/xen/xenbus", "/proc/xen/xenbus"];
        return Array.Find(candidates, candidate => exists(candidate)) is { } path ? new XenStoreEndpoint(path) : null;
    }

    /// <exception cref="XenStoreException">ENOTCONN: the store cannot be reached.</exception>
    internal async Task<IXenStoreTransport> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            return IsSocket() ? await SocketTransport.ConnectAsync(Path, cancellation) : DeviceTransport.Open(Path);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new XenStoreException(Errno.ENOTCONN, "connection", Path, e.Message, e);
        }
    }

    private unsafe bool IsSocket()
    {
        byte[] name = Encoding.UTF8.GetBytes(Path + "\0");
        statx about;
        fixed (byte* path = name)
        {
            if (statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &about) != 0)
                throw new IOException($"{Errno.Describe(errno)}");
        }
        return S_ISSOCK(about.stx_mode);
    }
}
