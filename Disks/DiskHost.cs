using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Layers.Faults;
using Tapvisor.Messages;
using Tapvisor.Metrics;
using Tapvisor.Native;

namespace Tapvisor.Disks;

/// <summary>The data plane of one disk on one engine.</summary>
public sealed class DiskHost : IDiskHost, IStatisticsSource
{
    private readonly IoEngine _engine;
    private readonly int _maximumActive;
    private readonly Action _disposed;
    private readonly RequestQueue _queue;
    private readonly FaultPlan _faults = new();
    private readonly ImageHost _image;
    private readonly FrontEndHost _frontEnds;

    /// <summary>A disk without an image.</summary>
    /// <param name="minor">For logs.</param>
    /// <param name="engine">Where it lives from now on.</param>
    /// <param name="queueOptions">Limits of its queue.</param>
    /// <param name="images">How its images are opened, but for the keys of OPEN.</param>
    /// <param name="frontEnds">Makes its front ends, in the order in which they are started.</param>
    /// <param name="maximumActive">Operations that the engine has in flight at most; shown in statistics.</param>
    /// <param name="disposed">Called when it is gone.</param>
    public DiskHost(
        int minor,
        IoEngine engine,
        RequestQueueOptions queueOptions,
        ImageContext images,
        Func<RequestQueue, IReadOnlyList<IFrontEnd>> frontEnds,
        int maximumActive,
        Action disposed)
    {
        Minor = minor;
        _engine = engine;
        _maximumActive = maximumActive;
        _disposed = disposed;
        _queue = new RequestQueue(engine, queueOptions);
        _image = new ImageHost(minor, _queue, _faults, images);
        _frontEnds = new FrontEndHost(minor, frontEnds(_queue));
    }

    /// <inheritdoc />
    public IImageHost Image => _image;

    /// <inheritdoc />
    public IFrontEndHost FrontEnds => _frontEnds;

    /// <inheritdoc />
    public int Minor { get; }

    /// <inheritdoc />
    public bool IsOpen => _queue.State != RequestQueueState.Holding;

    /// <inheritdoc />
    public QueueStatistics Counters => _queue.Statistics;

    /// <inheritdoc />
    public IReadOnlyList<XenBlkifStatistics> Rings => _frontEnds.Rings;

    /// <inheritdoc />
    public DiskHistory History { get; } = new();

    /// <inheritdoc />
    public DiskStatistics Statistics
    {
        get
        {
            QueueStatistics counters = _queue.Statistics;
            return new DiskStatistics(
                counters.BytesOf(BlockOperation.Read) / ImageInfo.SectorBytes,
                counters.BytesOf(BlockOperation.Write) / ImageInfo.SectorBytes,
                counters.FailedOf(BlockOperation.Read),
                counters.FailedOf(BlockOperation.Write),
                counters.Outstanding,
                _queue.Active,
                _maximumActive,
                counters.Replayed,
                counters.Retried,
                _frontEnds.Connections,
                _frontEnds.Rings);
        }
    }

    /// <inheritdoc />
    public void Inject(FaultKind kind, FaultOperation operation, uint argument, uint count) => _engine.Post(() =>
    {
        if (kind == FaultKind.Clear)
            _faults.Clear();
        else
            _faults.Add(FaultOf(kind, operation, argument, (int)count));
    });

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        try
        {
            // In this order: a front end waits for its requests, and those for an image or an answer.
            await _image.CloseAsync(force: true);
            await _image.FailAsync(Errno.ESHUTDOWN);
            await _frontEnds.StopAsync();
            await _engine.RunAsync(_queue.CloseAsync);
        }
        finally
        {
            _frontEnds.Dispose();
            _image.Dispose();
            _disposed();
        }
    }

    private static Fault FaultOf(FaultKind kind, FaultOperation operation, uint argument, int count) => new(
        kind switch
        {
            FaultKind.Crash => FaultAction.Crash,
            FaultKind.Error => FaultAction.Error,
            FaultKind.Hang => FaultAction.Hang,
            _ => FaultAction.Delay,
        },
        operation switch
        {
            FaultOperation.Read => FaultOperations.Read,
            FaultOperation.Write => FaultOperations.Write,
            FaultOperation.Flush => FaultOperations.Flush,
            _ => FaultOperations.Any,
        },
        count,
        kind == FaultKind.Error ? (int)argument : 0,
        kind == FaultKind.Delay ? TimeSpan.FromMilliseconds(argument) : TimeSpan.Zero);
}
