using Tapvisor.Disks;
using Tapvisor.Messages;
using Tapvisor.Metrics;

namespace Tapvisor.Tests.Actors;

/// <summary>A data plane without data.</summary>
internal sealed class FakeDiskHost : IDiskHost
{
    private DiskStatistics _statistics = new(0, 0, 0, 0, 0, 0, 256, 0, 0, 0, []);

    internal FakeImageHost FakeImage { get; } = new();

    internal FakeFrontEndHost FakeFrontEnds { get; } = new();

    internal List<(FaultKind Kind, FaultOperation Operation, uint Argument, uint Count)> Injected { get; } = [];

    internal bool IsDisposed { get; private set; }

    public IImageHost Image => FakeImage;

    public IFrontEndHost FrontEnds => FakeFrontEnds;

    public DiskHistory History { get; } = new();

    public DiskStatistics Statistics
    {
        get => _statistics with
        {
            Guests = FakeFrontEnds.Guest is { } guest ? [new XenBlkifStatistics(guest.DomId, guest.DevId, 0, 32)] : _statistics.Guests,
        };
        set => _statistics = value;
    }

    public void Inject(FaultKind kind, FaultOperation operation, uint argument, uint count) =>
        Injected.Add((kind, operation, argument, count));

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
