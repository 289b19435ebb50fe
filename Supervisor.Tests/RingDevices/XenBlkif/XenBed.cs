using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.Messages.Blkif;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.Simulation.Engine;
using Tapvisor.Simulation.Hypervisor;
using Tapvisor.Tests.RingDevices.XenBlkif.Guests;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>
/// A model disk served to a guest: on a real engine, where the guest may be Xen's, or on a simulated one, where everything follows from
/// the seed and the guest is the loopback's.
/// </summary>
internal sealed class XenBed : IDisposable
{
    internal const uint DevId = 51712;
    private const int DiskSize = 4 << 20;

    private readonly int _seed;
    private readonly bool _readOnlyImage;
    private readonly bool _ownsGuest;
    private readonly XenBlkifOptions _options;
    private int _incarnation;
    private IXenInterface? _xen;

    internal XenBed(
        int? seed = null, XenBlkifOptions? options = null, RequestQueueOptions? limits = null, bool readOnlyImage = false,
        IGuest? guest = null, ModelContent? content = null, bool start = true,
        IoEngineKind kind = IoEngineKind.Auto)
    {
        _seed = seed ?? 1;
        _readOnlyImage = readOnlyImage;
        Simulated = seed is null ? null : new SimulatedEngine(_seed);
        Engine = Simulated ?? IoEngines.Create(new IoEngineOptions { Kind = kind });
        Guest = guest ?? (seed is null ? GuestKind.New() : new LoopbackGuest());
        _ownsGuest = guest is null;
        Content = content ?? NewContent(_seed);
        Gateways = new XenGateways(() => _xen = Guest.OpenBackend());
        Queue = On(() => new RequestQueue(Engine, limits ?? new RequestQueueOptions()));
        _options = options ?? new XenBlkifOptions();
        On(() => Open());
        Device = On(() => new XenBlkifRingDevice(Queue, 3, Gateways, _options, Log));
        if (start)
            Run(() => Device.StartAsync(takeOver: true));
    }

    internal IoEngine Engine { get; }

    internal SimulatedEngine? Simulated { get; }

    internal IGuest Guest { get; }

    internal ModelContent Content { get; }

    internal ModelDisk Disk { get; private set; } = null!;

    internal IoScope Scope { get; private set; } = null!;

    internal RequestQueue Queue { get; }

    internal XenGateways Gateways { get; }

    internal XenBlkifRingDevice Device { get; }

    internal TestLog<XenBlkifRingDevice> Log { get; } = new();

    internal T Run<T>(Func<IoTask<T>> work) => Simulated is { } simulated
        ? simulated.Run(work)
        : Engine.RunAsync(work).WaitAsync(TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();

    internal T On<T>(Func<T> work) => Run(() => new IoTask<T>(work()));

    /// <summary>Gives the queue a new incarnation of the disk. On the engine's thread.</summary>
    internal ModelDisk Open(Action<ModelDisk>? setUp = null)
    {
        Scope = new IoScope(Engine, "image");
        Disk = new ModelDisk(Scope, Content, _seed + _incarnation++, readOnly: _readOnlyImage);
        setUp?.Invoke(Disk);
        Queue.Start(Disk, Scope);
        return Disk;
    }

    /// <summary>A frontend that waits as this bed needs it.</summary>
    internal Blkfront NewFrontend(BlkifProtocol protocol = BlkifProtocol.X86_64, int order = 0) =>
        new(Guest, protocol, order, Simulated is null ? null : Pump);

    internal BlkifFrontend Offer(
        IReadOnlyList<Blkfront> rings, bool readOnly = false, uint poll = 0, uint threshold = 0, uint devId = DevId,
        bool keeps = false) =>
        new(Guest.DomId, devId, (uint)rings[0].Protocol, [.. rings.Select(r => r.Offer)], readOnly, poll, threshold, keeps);

    internal BlkifFeatures Connect(params Blkfront[] rings) => Connect(Offer(rings));

    internal BlkifFeatures Connect(BlkifFrontend offer, bool adopt = false) => Run(() => Device.ConnectAsync(offer, adopt));

    /// <summary>A connected ring.</summary>
    internal Blkfront Connected(int order = 0, bool readOnly = false)
    {
        Blkfront front = NewFrontend(order: order);
        Connect(Offer([front], readOnly));
        return front;
    }

    internal bool Disconnect(uint devId = DevId) => Run(() => Device.DisconnectAsync(Guest.DomId, devId));

    /// <summary>Hands the backend its events and lets the simulated machine go on a little.</summary>
    internal void Pump()
    {
        On(() =>
        {
            if (Device.Statistics.Count > 0)
                Gateways.Of(Engine).Dispatch();
            return 0;
        });
        Simulated!.Advance(TimeSpan.FromMicroseconds(50));
        Guest.WaitForEvents(TimeSpan.Zero);
    }

    /// <summary>Ends the service, and throws if it left anything behind.</summary>
    internal void StopClean()
    {
        Run(() => Device.ReleaseAsync(handOver: false, force: false));
        Assert.Empty(Device.Statistics);
        Assert.Equal(0, Queue.Active);
        Assert.Equal(0, Queue.Waiting);
        Assert.Equal(0, Queue.Statistics.Outstanding);
        Assert.Equal(0, Queue.Quota.InUse);
        Assert.Equal(0, (_xen as LoopbackXen)?.Mappings ?? 0);
        Assert.DoesNotContain(Log.Lines, line => line.Contains("internal error", StringComparison.Ordinal));
        Simulated?.AssertNothingLeaked();
    }

    public void Dispose()
    {
        if (Simulated is null)
        {
            Run(async IoTask<int> () =>
            {
                Queue.Recall();
                await Queue.QuiesceAsync();
                Queue.Fail(Errno.ESHUTDOWN);
                await Device.ReleaseAsync(handOver: false, force: true);
                return await Queue.CloseAsync();
            });
        }
        Engine.Dispose();
        if (_ownsGuest)
            Guest.Dispose();
    }

    private static ModelContent NewContent(int seed)
    {
        var content = new ModelContent(DiskSize);
        new Random(seed).NextBytes(content.Bytes);
        return content;
    }
}
