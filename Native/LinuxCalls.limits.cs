namespace Tapvisor.Native;

// <limits.h>, <linux/limits.h>
public static unsafe partial class LinuxCalls
{
    public const int PATH_MAX = 4096;
    public const int NGROUPS_MAX = 65536;
}
