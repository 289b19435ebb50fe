using System.Reflection;
using System.Runtime.InteropServices;
using Tapvisor.Native;

namespace Tapvisor.Tests.Native;

public sealed partial class ErrnoTests
{
    [Fact]
    public void Every_number_reads_as_the_C_library_says()
    {
        for (int errno = 0; errno <= 200; errno++)
            Assert.Equal(Marshal.PtrToStringUTF8(strerror(errno)), Errno.Describe(errno));
    }

    [Fact]
    public void Numbers_as_the_kernel_returns_them_read_the_same() => Assert.Equal(Errno.Describe(Errno.EIO), Errno.Describe(-Errno.EIO));

    [Fact]
    public void The_constants_cover_1_to_133_but_the_two_that_Linux_does_not_use()
    {
        int[] numbers = [.. typeof(Errno).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (int)f.GetRawConstantValue()!)];
        Assert.Equal(Enumerable.Range(1, 133).Except([41, 58]), numbers.Distinct().Order());
    }

    [Fact]
    public void The_largest_is_the_last_with_a_text()
    {
        Assert.NotEqual($"Unknown error {Errno.Largest}", Errno.Describe(Errno.Largest));
        for (int errno = Errno.Largest + 1; errno <= 4095; errno++)
            Assert.Equal($"Unknown error {errno}", Errno.Describe(errno));
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint strerror(int errno);
}
