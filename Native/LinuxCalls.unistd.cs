namespace Tapvisor.Native;

// <unistd.h>
public static unsafe partial class LinuxCalls
{
    public const int SEEK_DATA = 3;
    public const int SEEK_HOLE = 4;
}
