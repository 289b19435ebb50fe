using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <sys/mman.h>
public static unsafe partial class LibC
{
    public const int PROT_NONE = 0;
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 0x1;
    public const int MAP_PRIVATE = 0x2;
    public const int MAP_FIXED = 0x10;
    public const int MAP_ANONYMOUS = 0x20;
    public const int MAP_POPULATE = 0x8000;
    public const int MADV_DONTNEED = 4;
    public const int MADV_HUGEPAGE = 14;
    public const int MADV_DONTDUMP = 16;

    /// <summary>What mmap(2) returns when it fails.</summary>
    public static void* MAP_FAILED => (void*)-1;

    [LibraryImport(libc, SetLastError = true)]
    public static partial void* mmap(void* addr, nuint length, int prot, int flags, int fd, long offset);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int munmap(void* addr, nuint length);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int madvise(void* addr, nuint length, int advice);

    [LibraryImport(libc, SetLastError = true)]
    public static partial int mlock(void* addr, nuint length);
}
