using Tapvisor.Benchmarks;
using Tapvisor.Benchmarks.Nbd.Jobs;

namespace Tapvisor.Tests.Benchmarks;

public sealed class FioOutputTests
{
    private static readonly FioJob Read = FioJob.All.Single(job => job.Name == "randread-qd32");
    private static readonly FioJob Write = FioJob.All.Single(job => job.Name == "randwrite-qd32");

    [Fact]
    public void A_read_job_is_read_from_the_read_direction() =>
        Assert.Equal(new FioResult(47045, 46998.001998, 192503816, 60.672, 158.720), FioOutput.Parse(Capture("fio-randread.txt"), Read));

    [Fact]
    public void A_write_job_is_read_from_the_write_direction() =>
        Assert.Equal(new FioResult(40058, 40017.982018, 163913654, 79.360, 187.392), FioOutput.Parse(Capture("fio-write.txt"), Write));

    [Fact]
    public void Messages_before_the_JSON_are_not_needed()
    {
        string capture = Capture("fio-randread.txt");
        Assert.Equal(47045, FioOutput.Parse(capture[capture.IndexOf('{', StringComparison.Ordinal)..], Read).Ios);
    }

    [Fact]
    public void An_error_that_fio_reports_is_no_result()
    {
        string failed = Capture("fio-randread.txt").Replace("\"error\" : 0", "\"error\" : 5", StringComparison.Ordinal);
        BenchmarkException refusal = Assert.Throws<BenchmarkException>(() => FioOutput.Parse(failed, Read));
        Assert.Contains("error 5", refusal.Message, StringComparison.Ordinal);
    }

    // What fio prints when it cannot connect: error 0, and nothing done.
    [Fact]
    public void A_job_without_any_request_is_no_result() =>
        Assert.Contains(
            "no request",
            Assert.Throws<BenchmarkException>(() => FioOutput.Parse(Capture("fio-randread.txt"), Write)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("fio: no such engine")]
    [InlineData("{}")]
    [InlineData("""{ "jobs" : [] }""")]
    [InlineData("""{ "jobs" : [ { "error" : "none" } ] }""")]
    [InlineData("""{ "jobs" : [ { "error" : 0, "read" : { "total_ios" : 1 } } ] }""")]
    public void Anything_else_is_refused(string text) => Assert.Throws<BenchmarkException>(() => FioOutput.Parse(text, Read));

    [Fact]
    public void Output_cut_off_anywhere_is_refused()
    {
        string capture = Capture("fio-randread.txt").TrimEnd();
        for (int length = 0; length < capture.Length; length += 97)
            Assert.Throws<BenchmarkException>(() => FioOutput.Parse(capture[..length], Read));
    }

    private static string Capture(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Benchmarks", "Captures", name));
}
