using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Tapvisor.Tests.Native;

/// <summary>What the C headers of this machine say about structs, constants and macros, as lines that a C program prints.</summary>
internal static class CHeaders
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

    // Enumerators, which the preprocessor cannot ask for; a macro that is missing is reported as such.
    private static readonly string[] s_enumPrefixes =
        ["IORING_OP_", "IORING_REGISTER_", "IORING_UNREGISTER_", "IOCB_CMD_", "EPOLL", "EFD_", "MSG_", "SHUT_", "SCM_", "SOCK_", "IPPROTO_"];

    // C has no names with _t for these.
    private static readonly Dictionary<string, string> s_typedefs =
        new() { ["long_t"] = "long", ["ulong_t"] = "unsigned long", ["syscall_arg"] = "long" };

    /// <summary>Skips the test where C cannot be asked. 6.1 is where the newest names in use appeared.</summary>
    internal static void SkipWithout()
    {
        Skip.If(CProgram.Compiler is null, "no C compiler on the path");
        string[] version = CProgram.Run(
            "#include <stdio.h>\n#include <linux/version.h>\n"
            + "int main(void) { printf(\"%d\\n\", LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)); return 0; }\n");
        Skip.If(version[0] == "0", "the kernel headers are older than 6.1");
    }

    /// <summary>Sizes of structs, and offsets and sizes of fields.</summary>
    /// <param name="structs">With the fields under their names in C.</param>
    internal static void AssertStructs(IEnumerable<(Type Type, Dictionary<string, FieldInfo> Fields)> structs)
    {
        var source = new StringBuilder();
        var expected = new List<string>();
        foreach ((Type type, Dictionary<string, FieldInfo> fields) in structs)
        {
            string name = CName(type);
            source.Append(CultureInfo.InvariantCulture, $"printf(\"sizeof {type.Name} %zu\\n\", sizeof({name}));\n");
            expected.Add($"sizeof {type.Name} {SizeOf(type)}");
            foreach ((string field, FieldInfo info) in fields)
            {
                source.Append(
                    CultureInfo.InvariantCulture,
                    $"printf(\"{type.Name}.{field} at %zu, %zu bytes\\n\", offsetof({name}, {field}), sizeof((({name} *)0)->{field}));\n");
                expected.Add($"{type.Name}.{field} at {Marshal.OffsetOf(type, info.Name)}, {SizeOf(info.FieldType)} bytes");
            }
        }
        Assert.Equal(Run(source.ToString()), expected);
    }

    /// <summary>Values of constants, cut to their size in bytes.</summary>
    internal static void AssertConstants(IReadOnlyCollection<(string Name, int Size, ulong Value)> constants)
    {
        var source = new StringBuilder();
        foreach ((string name, int size, _) in constants)
        {
            string print = $"printf(\"{name} 0x%llx\\n\", (unsigned long long)({name}) & 0x{Mask(size):x}ULL);\n";
            source.Append(
                s_enumPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
                    ? print
                    : $"#ifdef {name}\n{print}#else\nprintf(\"{name} is unknown to C\\n\");\n#endif\n");
        }
        Assert.Equal(Run(source.ToString()), constants.Select(c => $"{c.Name} 0x{c.Value & Mask(c.Size):x}"));
    }

    /// <summary>Runs statements that print.</summary>
    internal static string[] Run(string statements) => CProgram.Run($"{Headers}int main(void) {{\n{statements}return 0; }}\n");

    internal static int SizeOf(Type type) => type.IsPointer
        ? nint.Size
        : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static string CName(Type type) => s_typedefs.TryGetValue(type.Name, out string? name) ? name
        : type.Name.EndsWith("_t", StringComparison.Ordinal) ? type.Name
        : $"struct {type.Name}";

    private static ulong Mask(int size) => ulong.MaxValue >> (64 - (size * 8));
}
