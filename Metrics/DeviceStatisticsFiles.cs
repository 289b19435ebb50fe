
namespace Tapvisor.Metrics;

/// <summary>The files of one guest's device, for as long as its rings are connected.</summary>
internal sealed class DeviceStatisticsFiles : IDisposable
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Seconds for which the text of the rings' indices stays as it is (upstream drivers/td-blkif.c).</summary>
    internal const int TextSeconds = 5;

    private readonly TimeProvider _time;
    private readonly string _directory;
    private readonly byte[] _page = new byte[StatisticsFile.PageLength];
    private readonly StatisticsFile _process;
    private readonly StatisticsFile _backend;
    private readonly StatisticsFile _text;
    private long _textWritten;

    /// <param name="root">Where the device's directory goes.</param>
    /// <param name="processDirectory">td3-&lt;pid&gt;/.</param>
    /// <param name="device">The device.</param>
    /// <param name="rings">Its rings.</param>
    /// <param name="time">Says when the text is old.</param>
    internal DeviceStatisticsFiles(
        string root, string processDirectory, GuestDevice device, IReadOnlyCollection<XenBlkifStatistics> rings, TimeProvider time)
    {
        _time = time;
        _directory = Path.Combine(root, device.DirectoryName);

        // rrdp-iostat looks into the process's directory when the device's appears.
        _process = new StatisticsFile(Path.Combine(processDirectory, device.FileName), _page);
        try
        {
            if (Directory.Exists(_directory))
                Directory.Delete(_directory, recursive: true);
            Directory.CreateDirectory(_directory, OwnerAlone);
            _backend = new StatisticsFile(Path.Combine(_directory, "statistics"), _page);
            _text = new StatisticsFile(Path.Combine(_directory, "io_ring"), RingText.Encode(rings));
        }
        catch
        {
            _process.Dispose();
            _backend?.Dispose();
            throw;
        }
        _textWritten = time.GetTimestamp();
    }

    internal void Update(IReadOnlyCollection<XenBlkifStatistics> rings)
    {
        var counters = new DiskCounters(
            Sum(rings, ring => ring.Reads),
            Sum(rings, ring => ring.Writes),
            rings.Sum(ring => ring.Refused + ring.Failed));
        Span<byte> content = _page.AsSpan(0, TapdiskStatisticsLayout.Length);
        content.Clear();
        TapdiskStatisticsLayout.Encode(TapdiskStatisticsLayout.RingVersion, counters, content);
        _process.Write(content);

        content = _page.AsSpan(0, BackendStatisticsLayout.Length);
        content.Clear();
        BackendStatisticsLayout.Encode(
            counters, rings.Sum(ring => ring.Discards.Submitted), rings.Sum(ring => ring.Flushes.Submitted), content);
        _backend.Write(content);

        if (_time.GetElapsedTime(_textWritten) < TimeSpan.FromSeconds(TextSeconds))
            return;
        _text.Replace(RingText.Encode(rings));
        _textWritten = _time.GetTimestamp();
    }

    public void Dispose()
    {
        _text.Dispose();
        _backend.Dispose();
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
        _process.Dispose();
    }

    private static OperationCounters Sum(IEnumerable<XenBlkifStatistics> rings, Func<XenBlkifStatistics, XenBlkifCounters> of) =>
        rings.Select(of).Aggregate(default(OperationCounters), (sum, ring) =>
            sum + new OperationCounters(ring.Submitted, ring.Completed, ring.Sectors, ring.Ticks, ring.LongestTicks));
}
