using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.Simulation.Engine;
using Tapvisor.Tests.RingDevices;

namespace Tapvisor.Tests.Disks.Requests;

/// <summary>A queue, a model disk and an owner on a simulated engine.</summary>
internal sealed class RequestQueueBed : IDisposable
{
    private readonly int _seed;
    private readonly List<IoBuffer> _buffers = [];
    private int _incarnation;

    internal RequestQueueBed(
        int seed = 1, RequestQueueOptions? options = null, int length = 1 << 20, int alignment = 1, bool readOnly = false)
    {
        _seed = seed;
        Engine = new SimulatedEngine(seed);
        Content = new ModelContent(length);
        Alignment = alignment;
        IsReadOnly = readOnly;
        Queue = On(() => new RequestQueue(Engine, options ?? new RequestQueueOptions()));
        Queue.Faulted += Faults.Add;
    }

    internal SimulatedEngine Engine { get; }

    internal RequestQueue Queue { get; }

    internal ModelContent Content { get; }

    internal ModelDisk Disk { get; private set; } = null!;

    internal TestOwner Owner { get; } = new();

    internal List<Exception> Faults { get; } = [];

    private int Alignment { get; }

    private bool IsReadOnly { get; }

    internal T On<T>(Func<T> work) => Engine.Run(() => new IoTask<T>(work()));

    internal ModelDisk Open(Action<ModelDisk>? setUp = null) => On(() =>
    {
        var scope = new IoScope(Engine, "image");
        Disk = new ModelDisk(scope, Content, _seed + _incarnation++, Alignment, IsReadOnly);
        setUp?.Invoke(Disk);
        Queue.Start(Disk, scope);
        return Disk;
    });

    internal BlockRequest Submit(
        BlockOperation operation, ulong tag, long offset = 0, int length = 512, WriteOptions options = WriteOptions.None) => On(() =>
    {
        BlockRequest request = Queue.Rent(Owner);
        request.Operation = operation;
        request.Tag = tag;
        request.Offset = offset;
        request.Length = length;
        request.Options = options;
        request.Extents = new ExtentList(8);
        if (operation is BlockOperation.Read or BlockOperation.Write && length > 0)
        {
            request.Buffer = Engine.Buffers.Rent(length, Queue.Quota);
            _buffers.Add(request.Buffer);
            request.Buffer.Span.Fill((byte)tag);
        }
        Queue.Submit(request);
        return request;
    });

    /// <summary>Runs until so many requests are answered.</summary>
    internal void Await(int answers) => Engine.RunUntil(() => Owner.Answers.Count >= answers);

    public void Dispose() => Engine.Dispose();
}
