using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Tapvisor.Native;
using Tmds.Linux;

namespace Tapvisor.Tests.Native;

/// <summary>Every struct and constant of Native against the C headers of this machine.</summary>
public sealed class NativeAbiTests
{
    // Not in a public header.
    private static readonly string[] s_kernelInternal = [nameof(AioAbi.AIO_RING_MAGIC)];

    private static readonly Type[] s_types = typeof(LinuxCalls).Assembly.GetExportedTypes();

    [SkippableFact]
    public void Structs_have_the_sizes_and_offsets_of_C()
    {
        Type[] structs = [.. s_types.Where(t => t.IsValueType && !t.IsEnum && !t.IsNested)];
        Assert.Contains(typeof(io_uring_getevents_arg), structs);
        CHeaders.SkipWithout();
        CHeaders.AssertStructs(structs.Select(t => (t, FieldsOf(t))));
    }

    [SkippableFact]
    public void Constants_have_the_values_of_C()
    {
        (string Name, int Size, ulong Value)[] constants = [.. s_types
            .Where(t => !t.IsEnum)
            .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(f => f.IsLiteral && !s_kernelInternal.Contains(f.Name))
            .Select(f => (f.Name, Marshal.SizeOf(f.FieldType), ValueOf(f)))];
        Assert.True(constants.Length > 170);
        CHeaders.SkipWithout();
        CHeaders.AssertConstants(constants);
    }

    [SkippableFact]
    public void Fields_that_6_1_appended_to_statx_are_where_C_has_them()
    {
        CHeaders.SkipWithout();
        string[] offsets = CHeaders.Run(
            "printf(\"%zu\\n%zu\\n\", offsetof(struct statx, stx_dio_mem_align), offsetof(struct statx, stx_dio_offset_align));\n");
        statx status = default;
        Span<uint> words = MemoryMarshal.Cast<statx, uint>(new Span<statx>(ref status));
        for (int i = 0; i < words.Length; i++)
            words[i] = (uint)i * sizeof(uint);
        Assert.Equal(offsets, (string[])[$"{status.stx_dio_mem_align}", $"{status.stx_dio_offset_align}"]);
    }

    private static ulong ValueOf(FieldInfo constant) =>
        unchecked((ulong)Convert.ToInt64(constant.GetRawConstantValue(), CultureInfo.InvariantCulture));

    private static Dictionary<string, FieldInfo> FieldsOf(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Instance).ToDictionary(f => f.Name);
}
