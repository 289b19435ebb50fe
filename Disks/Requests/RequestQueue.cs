using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.ImageDrivers;
using Tapvisor.Metrics;
using Tapvisor.Native;

namespace Tapvisor.Disks.Requests;

/// <summary>
/// Where a disk's ring devices and its image meet (upstream's vbd: new, pending, failed and completed requests). It checks each request
/// against the image, holds what cannot go there now, and answers each exactly once with the truth.
/// <code>
///   Holding ──Start──▶ Running ──QuiesceAsync──▶ Quiescing ──last one answered──▶ Holding
///      ▲                  │ a driver throws or hangs        │
///      │                  ▼                                 │
///      └──unwound──── Faulted ◀─────────────────────────────┘        any ──Fail──▶ Failed ──Start──▶ Running
/// </code>
/// Engine's thread only, save for <see cref="Statistics"/>.
/// </summary>
public sealed partial class RequestQueue
{
    private readonly RequestQueueOptions _options;
    private readonly RequestList _held = new();
    private readonly RequestList _retrying = new();
    private readonly IoGate _idle = new();
    private readonly IoScope _timers;
    private BlockRequest? _free;
    private IImageDriver? _image;
    private IoScope? _scope;
    private long _sequence;
    private int _failure;

    /// <summary>A queue without an image, on the engine whose thread calls.</summary>
    public RequestQueue(IoEngine engine, RequestQueueOptions options)
    {
        Engine = engine;
        _options = options;
        _timers = new IoScope(engine, "request queue");
        RequestTimeout = options.RequestTimeout;
        Quota = new BufferQuota(options.BufferBytes);
    }

    /// <summary>
    /// Raised once per incarnation of the image, after a driver threw or hung and everything of it has unwound: no request is at the image
    /// and the kernel holds nothing of its scope. Whoever listens closes the image and calls <see cref="Start"/> with a new one, or
    /// <see cref="Fail"/>.
    /// </summary>
    public event Action<Exception>? Faulted;

    /// <summary>Whose thread it lives on.</summary>
    public IoEngine Engine { get; }

    /// <summary>I/O memory of this disk.</summary>
    public BufferQuota Quota { get; }

    /// <summary>How long a request that meets EAGAIN, EBUSY or EINTR is tried again; OPEN may say.</summary>
    public TimeSpan RequestTimeout { get; set; }

    /// <summary>What it does with requests.</summary>
    public RequestQueueState State { get; private set; }

    /// <summary>The image as last opened; it outlives a pause. Null before the first <see cref="Start"/>.</summary>
    public ImageInfo? Info { get; private set; }

    /// <summary>The image can discard.</summary>
    public bool CanDiscard { get; private set; }

    /// <summary>The image can write zeroes without data.</summary>
    public bool CanWriteZeroes { get; private set; }

    /// <summary>The image knows what is allocated.</summary>
    public bool CanBlockStatus { get; private set; }

    /// <summary>Requests at the image now.</summary>
    public int Active { get; private set; }

    /// <summary>Requests that wait for an image or for another try.</summary>
    public int Waiting => _held.Count + _retrying.Count;

    /// <summary>Counters; readable from any thread.</summary>
    public QueueStatistics Statistics { get; } = new();

    /// <summary>A request to fill in and submit.</summary>
    public BlockRequest Rent(IRequestOwner owner)
    {
        BlockRequest? request = _free;
        if (request is null)
        {
            request = new BlockRequest();
            _ = ServeAsync(request);
        }
        else
        {
            _free = request.Next;
            request.Next = null;
        }
        request.Owner = owner;
        return request;
    }

    /// <summary>Gives back a request that is not submitted.</summary>
    public void Return(BlockRequest request)
    {
        request.Owner = null;
        request.Extents = null;
        request.Buffer = default;
        request.Next = _free;
        _free = request;
    }

    /// <summary>Takes a request in; its owner hears of it exactly once.</summary>
    public void Submit(BlockRequest request)
    {
        request.Sequence = ++_sequence;
        request.SubmittedAt = Engine.Now;
        request.RetryUntil = 0;
        int operation = (int)request.Operation;
        Statistics.Submitted[operation]++;
        Statistics.Bytes[operation] += request.Length;
        switch (State)
        {
            case RequestQueueState.Running:
                Dispatch(request);
                break;
            case RequestQueueState.Failed:
                Answer(request, _failure);
                break;
            default:
                HoldBack(request);
                break;
        }
    }

    /// <summary>
    /// Ends what waits of an owner whose <see cref="IRequestOwner.IsWithdrawn"/> is true: with ECANCELED, for it never reached the image
    /// or was taken back from it. What is at the image ends by itself.
    /// </summary>
    public void Withdraw(IRequestOwner owner)
    {
        Withdraw(owner, _retrying);
        Withdraw(owner, _held);
    }

    /// <summary>An image is there: what waits goes to it in the order it was submitted, then what comes.</summary>
    /// <param name="image">Open, and bound to <paramref name="scope"/>.</param>
    /// <param name="scope">Everything the image has in flight; revoked if the driver fails.</param>
    public void Start(IImageDriver image, IoScope scope)
    {
        if (State is not (RequestQueueState.Holding or RequestQueueState.Failed) || _image is not null)
            throw new InvalidOperationException($"A queue that is {State} cannot start.");
        _image = image;
        _scope = scope;
        _fault = null;
        Info = image.Info;
        CanDiscard = image.Ability<IDiscard>() is not null;
        CanWriteZeroes = image.Ability<IWriteZeroes>() is not null;
        CanBlockStatus = image.Ability<IBlockStatus>() is not null;
        State = RequestQueueState.Running;
        while (State == RequestQueueState.Running && _held.TakeFirst() is { } request)
            Dispatch(request);
    }

    /// <summary>
    /// Lets what is at the image finish and holds the rest. Afterwards nothing is at the image, which may be closed; a driver that fails
    /// meanwhile raises <see cref="Faulted"/> first.
    /// </summary>
    public async IoTask<int> QuiesceAsync()
    {
        if (State == RequestQueueState.Running)
            State = RequestQueueState.Quiescing;
        while (State is RequestQueueState.Quiescing or RequestQueueState.Faulted && _image is not null)
        {
            if (State == RequestQueueState.Quiescing && Active == 0)
            {
                Release();
                break;
            }
            await _idle.WaitAsync();
        }
        return 0;
    }

    /// <summary>Gives up: answers what waits and everything that comes with <paramref name="errno"/>, until <see cref="Start"/>.</summary>
    /// <param name="errno">Positive errno.</param>
    public void Fail(int errno)
    {
        if (_image is not null)
            throw new InvalidOperationException("A queue with an image cannot fail its requests: the image may still be writing them.");
        State = RequestQueueState.Failed;
        _failure = errno;
        while (_retrying.TakeFirst() is { } retrying)
            _held.Insert(retrying);
        while (_held.TakeFirst() is { } request)
            Answer(request, errno);
    }

    /// <summary>Stops failing requests: what comes from here on waits for an image again.</summary>
    public void Hold()
    {
        if (State == RequestQueueState.Failed)
            State = RequestQueueState.Holding;
    }

    /// <summary>Ends the queue's timers; no request is left. The queue cannot be used afterwards.</summary>
    public async IoTask<int> CloseAsync()
    {
        _timers.Revoke();
        return await _timers.DrainAsync();
    }

    private void HoldBack(BlockRequest request)
    {
        if (request.Owner!.IsWithdrawn)
            Answer(request, Errno.ECANCELED);
        else
            _held.Insert(request);
    }

    private void Withdraw(IRequestOwner owner, RequestList waiting)
    {
        // By way of a list of its own: an owner that is answered may submit again.
        var kept = new RequestList();
        var gone = new RequestList();
        while (waiting.TakeFirst() is { } request)
            (ReferenceEquals(request.Owner, owner) ? gone : kept).Insert(request);
        while (kept.TakeFirst() is { } request)
            waiting.Insert(request);
        while (gone.TakeFirst() is { } request)
            Answer(request, Errno.ECANCELED);
    }

    /// <summary>Nothing is at the image any more: forgets it.</summary>
    private void Release()
    {
        _image = null;
        _scope = null;
        State = RequestQueueState.Holding;
        _idle.Open();
    }
}
