using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <sys/ioctl.h>, <linux/fs.h>
public static unsafe partial class LibC
{
    public const uint BLKROGET = 0x125E;
    public const uint BLKSSZGET = 0x1268;
    public const uint BLKDISCARD = 0x1277;
    public const uint BLKZEROOUT = 0x127F;
    public const uint BLKGETSIZE64 = 0x80081272;

    [LibraryImport(libc, SetLastError = true)]
    public static partial int ioctl(int fd, nuint request, void* arg);
}
