using System.Globalization;
using System.Text.Json;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Engines.Posix;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Tests.Architecture;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>What the settings below tapvisor.engine make of the service's engines.</summary>
public sealed class EngineSettingTests
{
    // Another number of entries than any other test has, so that a ring or context of this process can be told from theirs.
    private const int Entries = 2048;

    // fs/aio.c: each event of a context takes 32 bytes of its ring.
    private const int AioEventBytes = 32;

    [SkippableTheory]
    [InlineData("io_uring", IoEngineKind.IoUring)]
    [InlineData("libaio", IoEngineKind.LibAio)]
    [Setting("tapvisor.engine.kind")]
    public async Task Engines_are_of_the_kind_that_is_set(string name, IoEngineKind kind)
    {
        SkipWithout(kind);
        await using TestService service = await TestService.StartAsync($"tapvisor.engine.kind = {name}");
        Assert.All(service.Engines.Engines, engine => Assert.Equal(name, engine.Kind));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [Setting("tapvisor.engine.count")]
    public async Task There_are_as_many_engines_as_set(int count)
    {
        await using TestService service = await TestService.StartAsync($"tapvisor.engine.count = {count}");
        Assert.Equal(count, service.Engines.Engines.Select(engine => engine.Name).Distinct().Count());
    }

    [SkippableFact]
    [Setting("tapvisor.engine.queue-entries")]
    public async Task A_queue_of_io_uring_has_the_entries_that_are_set()
    {
        SkipWithout(IoEngineKind.IoUring);
        await using TestService service = await TestService.StartAsync($"tapvisor.engine {{ kind = io_uring, count = 1, queue-entries = {Entries - 100} }}");

        // The kernel tells nothing of a ring that somebody is entering at that moment.
        string mask = string.Create(CultureInfo.InvariantCulture, $"SqMask:\t0x{Entries - 1:x}");
        Assert.True(SpinWait.SpinUntil(() => DescriptorsSay(mask), TimeSpan.FromSeconds(30)), $"no descriptor with {mask}");
    }

    [SkippableFact]
    [Setting("tapvisor.engine.queue-entries")]
    public async Task Libaio_has_room_for_four_times_the_entries_that_are_set()
    {
        SkipWithout(IoEngineKind.LibAio);
        await using TestService service = await TestService.StartAsync($"tapvisor.engine {{ kind = libaio, count = 1, queue-entries = {Entries} }}");
        Assert.InRange(AioRings().Max(), IoEngineOptions.InFlightFactor * Entries * AioEventBytes, long.MaxValue);
    }

    [Fact]
    [Setting("tapvisor.engine.queue-entries")]
    public async Task Statistics_tell_the_queues_entries()
    {
        await using TestService service = await TestService.StartAsync("tapvisor.engine.queue-entries = 17");
        int minor = service.Create($"aio:{service.Files.Image("a.img", 1 << 20)}");
        JsonElement driver = service.Stats(minor).GetProperty("images")[0].GetProperty("driver");
        Assert.Equal(17, driver.GetProperty("status").GetProperty("reqs").GetProperty("max").GetInt32());
    }

    [Fact]
    [Setting("tapvisor.engine.arena")]
    public async Task Buffers_come_from_the_arena_until_all_that_is_set_is_in_use()
    {
        const int Slab = 2 << 20;
        await using TestService service = await TestService.StartAsync($"tapvisor.engine {{ count = 1, arena = {3 * Slab} }}");
        IoEngine engine = service.Engines.Engines[0];
        long[] overflow = await engine.RunAsync(() => new IoTask<long[]>(RentSlabs((ArenaBufferPool)engine.Buffers, 4)));
        Assert.Equal([true, true, true, false], overflow.Select(bytes => bytes == 0));

        static long[] RentSlabs(ArenaBufferPool pool, int count)
        {
            var quota = new BufferQuota(long.MaxValue);
            var overflow = new long[count];
            var buffers = new IoBuffer[count];
            for (int i = 0; i < count; i++)
            {
                buffers[i] = pool.Rent(Slab, quota);
                overflow[i] = pool.OverflowBytes;
            }
            foreach (IoBuffer buffer in buffers)
                pool.Return(buffer, quota);
            return overflow;
        }
    }

    [Theory]
    [InlineData("0ms", false, 0)]
    [InlineData("250us", true, 250_000)]
    [Setting("tapvisor.engine.spin")]
    public async Task Engines_look_for_work_as_long_as_is_set_before_they_sleep(string spin, bool isOn, long nanoseconds)
    {
        await using TestService service = await TestService.StartAsync($"tapvisor.engine.spin = {spin}");
        Assert.All(service.Engines.Engines, engine =>
        {
            Spinner spinner = ((PosixEngine)engine).Spinner;
            Assert.Equal((isOn, nanoseconds), (spinner.IsOn, spinner.Limit));
        });
    }

    private static void SkipWithout(IoEngineKind kind)
    {
        string? missing = IoEngines.WhyUnavailable(kind);
        Skip.If(missing is not null, $"{kind}: {missing}");
    }

    private static bool DescriptorsSay(string line) => Directory.EnumerateFiles("/proc/self/fdinfo").Any(path =>
    {
        try
        {
            return File.ReadLines(path).Contains(line);
        }
        catch (IOException)
        {
            // Another test has closed it meanwhile.
            return false;
        }
    });

    /// <summary>Bytes of each context's ring in this process.</summary>
    private static List<long> AioRings() =>
    [
        .. File.ReadLines("/proc/self/maps").Where(line => line.Contains("/[aio]", StringComparison.Ordinal)).Select(line =>
        {
            string[] range = line.Split(' ')[0].Split('-');
            return long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                - long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }),
    ];
}
