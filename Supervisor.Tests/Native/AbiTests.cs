using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Tapvisor.Native;

namespace Tapvisor.Tests.Native;

/// <summary>Every struct and constant of Native against the C headers of this machine.</summary>
public sealed class AbiTests
{
    private const string Headers = """
        #define _GNU_SOURCE
        #include <stdio.h>
        #include <stddef.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <fnmatch.h>
        #include <glob.h>
        #include <limits.h>
        #include <poll.h>
        #include <spawn.h>
        #include <unistd.h>
        #include <netinet/in.h>
        #include <netinet/tcp.h>
        #include <sched.h>
        #include <signal.h>
        #include <sys/epoll.h>
        #include <sys/eventfd.h>
        #include <sys/file.h>
        #include <sys/ioctl.h>
        #include <sys/mman.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <sys/uio.h>
        #include <sys/un.h>
        #include <sys/wait.h>
        #include <linux/aio_abi.h>
        #include <linux/falloc.h>
        #include <linux/fs.h>
        #include <linux/io_uring.h>
        #include <linux/time_types.h>
        #include <linux/types.h>
        typedef __u32 grant_ref_t;
        typedef __u16 domid_t;
        #include <xen/evtchn.h>
        #include <xen/gntalloc.h>
        #include <xen/gntdev.h>

        """;

    // Not in a public header.
    private static readonly Type[] s_kernelInternal = [typeof(aio_ring)];

    // Enumerators, which the preprocessor cannot ask for; a macro that is missing is reported as such.
    private static readonly string[] s_enumPrefixes =
        ["IORING_OP_", "IORING_REGISTER_", "IORING_UNREGISTER_", "IOCB_CMD_", "EPOLL", "EFD_", "MSG_", "SHUT_", "SCM_", "SOCK_"];

    [SkippableFact]
    public void Structs_have_the_sizes_and_offsets_of_C()
    {
        Type[] structs = [.. typeof(LibC).Assembly.GetExportedTypes()
            .Where(t => t.IsValueType && !t.IsEnum && !t.IsNested && !s_kernelInternal.Contains(t))];
        var source = new StringBuilder(Headers + "int main(void) {\n");
        var expected = new List<string>();
        foreach (Type type in structs)
        {
            source.Append(CultureInfo.InvariantCulture, $"printf(\"sizeof {type.Name} %zu\\n\", sizeof({CName(type)}));\n");
            expected.Add($"sizeof {type.Name} {SizeOf(type)}");
            foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
            {
                string member = $"(({CName(type)} *)0)->{field.Name}";
                source.Append(
                    CultureInfo.InvariantCulture,
                    $"printf(\"{type.Name}.{field.Name} at %zu, %zu bytes\\n\", offsetof({CName(type)}, {field.Name}), "
                    + $"sizeof({member}));\n");
                expected.Add($"{type.Name}.{field.Name} at {OffsetOf(type, field)}, {SizeOf(field)} bytes");
            }
        }
        SkipWithoutHeaders();
        Assert.Equal(CProgram.Run(source + "return 0; }\n"), expected);
        Assert.Contains(typeof(io_uring_sqe), structs);
    }

    [SkippableFact]
    public void Constants_have_the_values_of_C()
    {
        FieldInfo[] constants = [.. ((Type[])[typeof(LibC), typeof(Errno)])
            .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(f => f.IsLiteral && f.FieldType != typeof(string))];
        var source = new StringBuilder(Headers + "int main(void) {\n");
        foreach (FieldInfo constant in constants)
        {
            string print = $"printf(\"{constant.Name} 0x%llx\\n\", (unsigned long long)({constant.Name}) & 0x{Mask(constant):x}ULL);\n";
            source.Append(
                s_enumPrefixes.Any(prefix => constant.Name.StartsWith(prefix, StringComparison.Ordinal))
                    ? print
                    : $"#ifdef {constant.Name}\n{print}#else\nprintf(\"{constant.Name} is unknown to C\\n\");\n#endif\n");
        }
        SkipWithoutHeaders();
        Assert.Equal(CProgram.Run(source + "return 0; }\n"), constants.Select(c => $"{c.Name} 0x{Value(c):x}"));
        Assert.True(constants.Length > 100);
    }

    [SkippableFact]
    public void The_flag_for_direct_io_is_that_of_this_architecture()
    {
        SkipWithoutHeaders();
        string[] printed = CProgram.Run(Headers + "int main(void) { printf(\"%d\\n\", O_DIRECT); return 0; }\n");
        Assert.Equal(LibC.O_DIRECT.ToString(CultureInfo.InvariantCulture), Assert.Single(printed));
    }

    [Fact]
    public void The_ring_of_Linux_AIO_starts_with_32_bytes() => Assert.Equal(32, SizeOf(typeof(aio_ring)));

    // 6.1 is where the newest names in use appeared.
    private static void SkipWithoutHeaders()
    {
        Skip.If(CProgram.Compiler is null, "no C compiler on the path");
        string[] version = CProgram.Run(
            "#include <stdio.h>\n#include <linux/version.h>\n"
            + "int main(void) { printf(\"%d\\n\", LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)); return 0; }\n");
        Skip.If(version[0] == "0", "the kernel headers are older than 6.1");
    }

    private static string CName(Type type) => type.Name.EndsWith("_t", StringComparison.Ordinal) ? type.Name : $"struct {type.Name}";

    private static int SizeOf(Type type) => (int)typeof(AbiTests).GetMethod(nameof(Size), BindingFlags.NonPublic | BindingFlags.Static)!
        .MakeGenericMethod(type).Invoke(null, null)!;

    private static int SizeOf(FieldInfo field) => field.FieldType.IsPointer ? nint.Size : SizeOf(field.FieldType);

    private static int Size<T>()
        where T : unmanaged => System.Runtime.CompilerServices.Unsafe.SizeOf<T>();

    private static long OffsetOf(Type type, FieldInfo field) => (long)Marshal.OffsetOf(type, field.Name);

    private static ulong Mask(FieldInfo constant) => Marshal.SizeOf(constant.FieldType) switch
    {
        1 => byte.MaxValue,
        2 => ushort.MaxValue,
        4 => uint.MaxValue,
        _ => ulong.MaxValue,
    };

    private static ulong Value(FieldInfo constant) => constant.GetRawConstantValue() switch
    {
        ulong value => value,
        object value => (ulong)Convert.ToInt64(value, CultureInfo.InvariantCulture) & Mask(constant),
        null => throw new InvalidOperationException(),
    };
}
