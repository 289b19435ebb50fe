using Tmds.Linux;

namespace Tapvisor.Native;

// <linux/stat.h>
public static unsafe partial class LinuxCalls
{
    public const uint STATX_DIOALIGN = 0x2000;

    // What 6.1 appended to the struct, in bytes from its start. Tmds.LibC has it as of 5.6, with room for what was to come.
    private const int DioMemAlign = 152;
    private const int DioOffsetAlign = 156;

    extension(in statx status)
    {
        public uint stx_dio_mem_align => Field(status, DioMemAlign);

        public uint stx_dio_offset_align => Field(status, DioOffsetAlign);
    }

    private static uint Field(in statx status, int offset)
    {
        fixed (statx* p = &status)
            return *(uint*)((byte*)p + offset);
    }
}
