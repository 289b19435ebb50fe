using System.Globalization;
using Tapvisor.Native;
using static Tmds.Linux.LibC;

namespace Tapvisor.Tests.Native;

public sealed unsafe class SecretMemoryTests
{
    [Fact]
    public void Is_zeroed_and_kept_out_of_core_dumps()
    {
        using var memory = new SecretMemory(100);
        Assert.Equal(new byte[100], new ReadOnlySpan<byte>(memory.Address, 100));
        Assert.Contains("dd", KernelFlags(memory.Address));
    }

    [SkippableFact]
    public void Is_kept_out_of_swap()
    {
        byte* page = stackalloc byte[1];
        Skip.If(mlock(page, 1) != 0, "this process may not lock memory (RLIMIT_MEMLOCK)");
        using var memory = new SecretMemory(100);
        Assert.Contains("lo", KernelFlags(memory.Address));
    }

    [Fact]
    public void Cannot_be_had_once_it_is_disposed_of()
    {
        var memory = new SecretMemory(1);
        memory.Dispose();
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => (nint)memory.Address);
    }

    /// <summary>VmFlags of the mapping that begins there (proc_pid_smaps(5)).</summary>
    private static string[] KernelFlags(byte* address) =>
        File.ReadLines("/proc/self/smaps")
            .SkipWhile(line => !Contains(line, (long)address))
            .First(line => line.StartsWith("VmFlags:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool Contains(string line, long address) =>
        line.Split(' ', '-') is [var start, var end, ..]
        && long.TryParse(start, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long first)
        && long.TryParse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long after)
        && first <= address && address < after;
}
