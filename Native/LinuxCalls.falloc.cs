namespace Tapvisor.Native;

// <linux/falloc.h>
public static unsafe partial class LinuxCalls
{
    public const int FALLOC_FL_ZERO_RANGE = 0x10;
}
