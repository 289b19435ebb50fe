using System.Text;
using Tmds.Linux;

namespace Tapvisor.Native;

// Calls of Tmds.LibC, which takes bytes, for paths that are strings.
public static unsafe partial class LinuxCalls
{
    public static int open(string pathname, int flags, ushort mode)
    {
        fixed (byte* p = Utf8(pathname))
            return LibC.open(p, flags, mode);
    }

    public static int mkdir(string pathname, ushort mode)
    {
        fixed (byte* p = Utf8(pathname))
            return LibC.mkdir(p, mode);
    }

    public static int mkfifo(string pathname, ushort mode)
    {
        fixed (byte* p = Utf8(pathname))
            return LibC.mkfifo(p, mode);
    }

    public static int unlink(string pathname)
    {
        fixed (byte* p = Utf8(pathname))
            return LibC.unlink(p);
    }

    public static int access(string pathname, int mode)
    {
        fixed (byte* p = Utf8(pathname))
            return LibC.access(p, mode);
    }

    public static int chown(string pathname, uint owner, uint group)
    {
        fixed (byte* p = Utf8(pathname))
            return LibC.chown(p, owner, group);
    }

    public static int execve(string pathname, byte** argv, byte** envp)
    {
        fixed (byte* p = Utf8(pathname))
            return LibC.execve(p, argv, envp);
    }

    private static byte[] Utf8(string path) => Encoding.UTF8.GetBytes(path + '\0');
}
