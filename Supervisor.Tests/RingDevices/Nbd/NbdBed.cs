using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Control;
using Tapvisor.Disks.Requests;
using Tapvisor.RingDevices.Nbd;
using Tapvisor.Simulation.Engine;

namespace Tapvisor.Tests.RingDevices.Nbd;

/// <summary>A model disk served by NBD on a simulated machine.</summary>
internal sealed class NbdBed : IDisposable
{
    private readonly List<IDisposable> _clients = [];
    private readonly int _seed;
    private int _incarnation;

    internal NbdBed(
        int seed = 1, NbdOptions? options = null, RequestQueueOptions? limits = null,
        int length = 1 << 20, int alignment = 1, bool readOnly = false)
    {
        _seed = seed;
        Alignment = alignment;
        IsReadOnly = readOnly;
        Engine = new SimulatedEngine(seed);
        Content = new ModelContent(length);
        Queue = On(() => new RequestQueue(Engine, limits ?? new RequestQueueOptions()));
        On(() => Open());
        Device = On(() => new NbdRingDevice(Queue, new NbdPaths(new ControlDirectory("/sim"), 7, 3), options ?? new NbdOptions(), Log));
        Engine.Run(() => Device.StartAsync());
    }

    internal SimulatedEngine Engine { get; }

    internal ModelContent Content { get; private set; }

    internal ModelDisk Disk { get; private set; } = null!;

    internal IoScope DiskScope { get; private set; } = null!;

    internal RequestQueue Queue { get; }

    internal NbdRingDevice Device { get; }

    internal TestLog<NbdRingDevice> Log { get; } = new();

    private int Alignment { get; }

    private bool IsReadOnly { get; }

    /// <summary>Runs something on the engine's thread.</summary>
    internal T On<T>(Func<T> work) => Engine.Run(() => new IoTask<T>(work()));

    /// <summary>Gives the queue a new incarnation of the disk. On the engine's thread.</summary>
    internal ModelDisk Open(Action<ModelDisk>? setUp = null)
    {
        DiskScope = new IoScope(Engine, "image");
        Disk = new ModelDisk(DiskScope, Content, _seed + _incarnation++, Alignment, IsReadOnly);
        setUp?.Invoke(Disk);
        Queue.Start(Disk, DiskScope);
        return Disk;
    }

    /// <summary>Makes the disk larger, for the next incarnation.</summary>
    internal void Grow(int length)
    {
        var larger = new ModelContent(length);
        Content.Bytes.CopyTo(larger.Bytes, 0);
        Content = larger;
    }

    internal NbdClient Connect(string path = "/sim/nbd7.3")
    {
        NbdClient client = On(() => new NbdClient(Engine.Connect(new IoScope(Engine, "client"), path)));
        _clients.Add(client);
        return client;
    }

    internal T Run<T>(Func<IoTask<T>> work) => Engine.Run(work);

    /// <summary>Ends the service, and throws if it left anything behind.</summary>
    internal void StopClean()
    {
        Engine.Run(() => Device.StopAsync());
        Assert.Equal(0, Device.ConnectionCount);
        Assert.Equal(0, Queue.Active);
        Assert.Equal(0, Queue.Waiting);
        Assert.Equal(0, Queue.Statistics.Outstanding);
        Assert.Equal(0, Queue.Quota.InUse);
        Assert.Equal(0, Disk.Active);
        Assert.DoesNotContain(Log.Lines, line => line.Contains("internal error", StringComparison.Ordinal));
        Engine.AssertNothingLeaked();
    }

    public void Dispose()
    {
        foreach (IDisposable client in _clients)
            client.Dispose();
        Engine.Dispose();
    }
}
