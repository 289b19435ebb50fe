namespace Tapvisor.Native;

// <limits.h>, <linux/limits.h>
public static unsafe partial class LibC
{
    public const int PATH_MAX = 4096;
    public const int NGROUPS_MAX = 65536;
}
