using Tapvisor.BlockIo;

namespace Tapvisor.Metrics;

/// <summary>The files of one disk and of the guests' devices that it serves: each is there while what it counts is.</summary>
internal sealed class DiskStatisticsFiles(string root, string processDirectory, IStatisticsSource disk, TimeProvider time) : IDisposable
{
    private readonly Dictionary<GuestDevice, DeviceStatisticsFiles> _devices = [];
    // The unit of every count in these files (upstream drivers/tapdisk-metrics-stats.h).
    private const int SectorBytes = 512;

    private readonly byte[] _page = new byte[StatisticsFile.PageLength];
    private StatisticsFile? _image;

    internal void Update()
    {
        UpdateImage();
        UpdateDevices();
    }

    public void Dispose()
    {
        _image?.Dispose();
        _image = null;
        foreach (DeviceStatisticsFiles files in _devices.Values)
            files.Dispose();
        _devices.Clear();
    }

    private void UpdateImage()
    {
        if (!disk.IsOpen)
        {
            _image?.Dispose();
            _image = null;
            return;
        }
        TapdiskStatisticsLayout.Encode(TapdiskStatisticsLayout.ImageVersion, ImageCounters(), _page);
        if (_image is null)
            _image = new StatisticsFile(Path.Combine(processDirectory, $"vdi-{disk.Minor}"), _page);
        else
            _image.Write(_page.AsSpan(0, TapdiskStatisticsLayout.Length));
    }

    private void UpdateDevices()
    {
        ILookup<GuestDevice, XenBlkifStatistics> connected = disk.Rings.ToLookup(ring => new GuestDevice(ring.DomId, ring.DevId));
        foreach (GuestDevice gone in _devices.Keys.Where(device => !connected.Contains(device)).ToList())
        {
            _devices.Remove(gone, out DeviceStatisticsFiles? files);
            files!.Dispose();
        }
        foreach (IGrouping<GuestDevice, XenBlkifStatistics> device in connected)
        {
            List<XenBlkifStatistics> rings = [.. device];
            if (!_devices.TryGetValue(device.Key, out DeviceStatisticsFiles? files))
                _devices.Add(device.Key, files = new DeviceStatisticsFiles(root, processDirectory, device.Key, rings, time));
            files.Update(rings);
        }
    }

    private DiskCounters ImageCounters()
    {
        QueueStatistics counters = disk.Counters;
        long failed = 0;
        for (var operation = BlockOperation.Read; operation <= BlockOperation.BlockStatus; operation++)
            failed += counters.FailedOf(operation);
        return new DiskCounters(Of(BlockOperation.Read), Of(BlockOperation.Write), failed);

        OperationCounters Of(BlockOperation operation) => new(
            counters.SubmittedOf(operation),
            counters.CompletedOf(operation),
            counters.BytesOf(operation) / SectorBytes,
            counters.NanosecondsOf(operation) / 1000,
            Longest: 0);
    }
}
