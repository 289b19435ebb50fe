namespace Tapvisor.Native;

// <linux/fs.h>
public static unsafe partial class LinuxCalls
{
    public const int BLKROGET = 0x125E;
    public const int BLKSSZGET = 0x1268;
    public const int BLKDISCARD = 0x1277;
    public const int BLKZEROOUT = 0x127F;
    public const int BLKGETSIZE64 = unchecked((int)0x80081272);
}
