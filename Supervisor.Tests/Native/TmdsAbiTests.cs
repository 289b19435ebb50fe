using System.Globalization;
using System.Reflection;
using Tapvisor.Native;
using Tmds.Linux;

namespace Tapvisor.Tests.Native;

/// <summary>What Tapvisor uses of Tmds.LibC against the C headers of this machine.</summary>
public sealed unsafe class TmdsAbiTests
{
    // Not in a public header.
    private static readonly Type[] s_kernelInternal = [typeof(aio_ring)];

    // A number in C, a pointer to that number's ring here.
    private static readonly Type[] s_numbersInC = [typeof(aio_context_t)];

    private static readonly IReadOnlySet<string> s_used = TmdsUses.Members[nameof(LibC)];

    [SkippableFact]
    public void Structs_have_the_sizes_and_the_offsets_in_use_of_C()
    {
        (Type Type, Dictionary<string, FieldInfo> Fields)[] structs = [.. TmdsUses.Members
            .Select(use => (Type: TmdsUses.TypeOf(use.Key), Members: use.Value))
            .Where(use => use.Type.IsValueType && !s_kernelInternal.Contains(use.Type))
            .Select(use => (use.Type, s_numbersInC.Contains(use.Type) ? [] : FieldsOf(use.Type, use.Members)))];
        Assert.Contains(structs, s => s.Type == typeof(io_uring_sqe) && s.Fields.ContainsKey(nameof(io_uring_sqe.user_data)));
        Assert.Contains(structs, s => s.Type == typeof(msghdr) && s.Fields.ContainsKey(nameof(msghdr.msg_controllen)));
        CHeaders.SkipWithout();
        CHeaders.AssertStructs(structs);
    }

    [SkippableFact]
    public void Constants_in_use_have_the_values_of_C()
    {
        (string Name, int Size, ulong Value)[] constants = [.. Constants()
            .Select(p => (p.Name, CHeaders.SizeOf(p.PropertyType), ValueOf(p.GetValue(null)!)))];
        Assert.Contains((nameof(LibC.O_CLOEXEC), sizeof(int), 0x80000UL), constants);
        Assert.True(constants.Length > 80);
        CHeaders.SkipWithout();
        CHeaders.AssertConstants(constants);
    }

    [SkippableFact]
    public void Macros_in_use_say_what_C_says()
    {
        MethodInfo[] macros = [.. typeof(LibC).GetMethods()
            .Where(m => s_used.Contains(m.Name))
            .Where(m => m.Name.StartsWith("S_IS", StringComparison.Ordinal) || m.Name.StartsWith("CMSG_", StringComparison.Ordinal))];
        Assert.Contains(macros, m => m.Name == nameof(LibC.S_ISBLK));
        int[] inputs = [.. Enumerable.Range(0, 21), .. Enumerable.Range(0, 16).Select(type => type << 12)];
        CHeaders.SkipWithout();
        Assert.Equal(
            CHeaders.Run(string.Concat(macros.SelectMany(
                m => inputs, (m, input) => $"printf(\"{m.Name}({input}) is %d\\n\", (int)({m.Name}({input})));\n"))),
            macros.SelectMany(m => inputs, (m, input) => $"{m.Name}({input}) is {Result(m, input)}"));
    }

    [Fact]
    public void Errors_have_the_numbers_that_we_have_as_constants()
    {
        string[] ours = [.. typeof(Errno).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => $"{f.Name} {f.GetRawConstantValue()}")];
        string[] theirs = [.. typeof(LibC).GetProperties()
            .Where(p => p.Name[0] == 'E' && p.Name != nameof(Errno) && ours.Any(o => o.StartsWith(p.Name + " ", StringComparison.Ordinal)))
            .Select(p => $"{p.Name} {p.GetValue(null)}")];
        Assert.Equal(ours.Order(), theirs.Order());
    }

    [Fact]
    public void The_error_of_a_call_is_read_alike_whosever_call_it_was()
    {
        Assert.Equal(-1, LibC.close(-1));
        Assert.Equal(Errno.EBADF, LibC.errno);
        Assert.Equal(-1, LinuxCalls.access("/nowhere/at/all", LibC.F_OK));
        Assert.Equal(Errno.ENOENT, LibC.errno);
        fixed (byte* name = "user.attribute\0"u8)
            Assert.Equal(-1, LinuxCalls.fgetxattr(-1, name, null, 0));
        Assert.Equal(Errno.EBADF, LibC.errno);
        Assert.Equal(-1, IoUring.io_uring_enter(-1, 0, 0, uint.MaxValue, null, 0));
        Assert.Equal(Errno.EINVAL, LibC.errno);
    }

    [Fact]
    public void A_length_beyond_4_GiB_arrives_whole()
    {
        const long Length = (4L << 30) + 4096;
        void* map = LibC.mmap(null, (size_t)(ulong)Length, LibC.PROT_NONE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
        Assert.True(map != LibC.MAP_FAILED);

        // Advice about a range that is not mapped throughout is ENOMEM.
        Assert.Equal(0, LibC.madvise((byte*)map + Length - 4096, 4096, LibC.MADV_DONTDUMP));
        Assert.Equal(0, LibC.munmap(map, (size_t)(ulong)Length));
    }

    [Fact]
    public void The_ring_of_Linux_AIO_starts_with_32_bytes() => Assert.Equal(32, sizeof(aio_ring));

    // What a call that is used needs underneath counts as used.
    private static IEnumerable<PropertyInfo> Constants() => typeof(LibC).GetProperties().Where(p =>
        p.Name != nameof(LibC.errno)
        && (s_used.Contains($"get_{p.Name}") || (p.Name.StartsWith("SYS_", StringComparison.Ordinal) && s_used.Contains(p.Name[4..]))));

    // Properties stand for fields of nearly the same name.
    private static Dictionary<string, FieldInfo> FieldsOf(Type type, IReadOnlySet<string> members)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
        var fields = new Dictionary<string, FieldInfo>();
        foreach (string member in members)
        {
            bool isAccessor = member.StartsWith("get_", StringComparison.Ordinal) || member.StartsWith("set_", StringComparison.Ordinal);
            string name = isAccessor ? member[4..] : member;
            FieldInfo? field = type.GetField(name, All) ?? type.GetField($"<{name}>k__BackingField", All) ?? type.GetField($"_{name}", All);
            if (field is not null)
                fields[name] = field;
            else
                Assert.False(type.GetProperty(name) is not null, $"What stands behind {type.Name}.{name}?");
        }
        return fields;
    }

    private static ulong ValueOf(object constant) => constant switch
    {
        ulong value => value,
        mode_t mode => (ushort)mode,
        sa_family_t family => (ulong)(int)family,
        Pointer pointer => (ulong)Pointer.Unbox(pointer),
        _ => unchecked((ulong)Convert.ToInt64(constant, CultureInfo.InvariantCulture)),
    };

    // C's macros give 1 for what is so.
    private static int Result(MethodInfo macro, int input) => macro.GetParameters()[0].ParameterType == typeof(mode_t)
        ? (bool)macro.Invoke(null, [(mode_t)(ushort)input])! ? 1 : 0
        : (int)macro.Invoke(null, [input])!;
}
