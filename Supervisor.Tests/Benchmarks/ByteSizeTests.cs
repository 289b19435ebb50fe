using Tapvisor.Benchmarks;
using Tapvisor.Benchmarks.Nbd;

namespace Tapvisor.Tests.Benchmarks;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("64 kib", 64L << 10)]
    [InlineData("4096", 4096)]
    [InlineData("8589934591GiB", 8589934591L << 30)]
    public void A_size_has_a_number_and_perhaps_a_unit(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("GiB")]
    [InlineData("-1GiB")]
    [InlineData("1.5GiB")]
    [InlineData("1GB")]
    [InlineData("8589934592GiB")]
    public void Anything_else_is_refused_by_name(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<BenchmarkException>(() => ByteSize.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1L << 30, "1 GiB")]
    [InlineData(1536L << 20, "1536 MiB")]
    [InlineData(4097, "4097 B")]
    public void A_size_is_shown_without_fractions(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));
}
