using System.Diagnostics;
using Tapvisor.Messages.Control;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

public sealed class ManyDisksTests
{
    private const int Disks = 100;

    [SkippableFact]
    public async Task A_hundred_disks_leave_no_file_descriptor_thread_or_memory_behind()
    {
        Tool.Require("nbdinfo");
        await using TestService service = await TestService.StartAsync();

        // The first round warms up pools that are kept on purpose.
        await RoundAsync(service, Disks);
        (int files, int descriptors, int threads, long memory) before = Measure(service);
        await RoundAsync(service, Disks);
        (int files, int descriptors, int threads, long memory) after = Measure(service);
        Assert.Equal(before.files, after.files);
        Assert.InRange(after.descriptors, 0, before.descriptors);
        Assert.InRange(after.threads, 0, before.threads + Environment.ProcessorCount);
        Assert.InRange(after.memory, 0, before.memory + (1 << 20));
    }

    private static async Task RoundAsync(TestService service, int count)
    {
        List<int> minors = [.. Enumerable.Range(0, count).Select(i => service.Create($"aio:{service.Files.Image($"{i}.img", 1 << 20)}"))];
        await Parallel.ForEachAsync(
            minors,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (minor, _) => Assert.Equal("1048576", (await Tool.RunAsync("nbdinfo", "--size", service.Uri(minor))).Trim()));
        Assert.Equal(count, new TapdiskListing(service.Client).Of(TestService.Pid).Count);
        minors.ForEach(service.Destroy);
    }

    private static (int Files, int Descriptors, int Threads, long Memory) Measure(TestService service)
    {
        using Process self = Process.GetCurrentProcess();
        return (
            Directory.GetFileSystemEntries(service.Directory.Path, "*", SearchOption.AllDirectories).Length,
            Directory.GetFileSystemEntries("/proc/self/fd").Length,
            self.Threads.Count,
            GC.GetTotalMemory(forceFullCollection: true));
    }
}
