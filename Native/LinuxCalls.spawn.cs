using System.Runtime.InteropServices;

namespace Tapvisor.Native;

// <spawn.h>; these return the error number instead of setting errno.
public static unsafe partial class LinuxCalls
{
    public const short POSIX_SPAWN_SETSID = 0x80;

    [LibraryImport(libc, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn(
        int* pid, string path, posix_spawn_file_actions_t* file_actions, posix_spawnattr_t* attrp, byte** argv, byte** envp);

    [LibraryImport(libc)]
    public static partial int posix_spawnattr_init(posix_spawnattr_t* attr);

    [LibraryImport(libc)]
    public static partial int posix_spawnattr_setflags(posix_spawnattr_t* attr, short flags);

    [LibraryImport(libc)]
    public static partial int posix_spawnattr_destroy(posix_spawnattr_t* attr);

    [LibraryImport(libc)]
    public static partial int posix_spawn_file_actions_init(posix_spawn_file_actions_t* file_actions);

    [LibraryImport(libc, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn_file_actions_addopen(
        posix_spawn_file_actions_t* file_actions, int fildes, string path, int oflag, uint mode);

    [LibraryImport(libc)]
    public static partial int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t* file_actions, int fildes, int newfildes);

    [LibraryImport(libc)]
    public static partial int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t* file_actions);
}

/// <summary>The C library's own business; as large with glibc as with musl.</summary>
[StructLayout(LayoutKind.Sequential, Size = 336)]
public struct posix_spawnattr_t
{
    private long _alignment;
}

/// <summary>As <see cref="posix_spawnattr_t"/>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 80)]
public struct posix_spawn_file_actions_t
{
    private long _alignment;
}
