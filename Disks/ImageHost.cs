using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.ImageDrivers.Layers.Faults;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.Disks;

/// <summary>A disk's image on its engine, between the image's driver and the disk's request queue.</summary>
internal sealed class ImageHost : IImageHost, IDisposable
{
    private readonly int _minor;
    private readonly IoEngine _engine;
    private readonly RequestQueue _queue;
    private readonly FaultPlan _faults;
    private readonly ImageContext _images;

    // Two incarnations of an actor may call at once: the former's call may still run when the latter starts.
    private readonly SemaphoreSlim _turn = new(1);
    private IImageDriver? _image;
    private IoScope? _scope;

    internal ImageHost(int minor, RequestQueue queue, FaultPlan faults, ImageContext images)
    {
        _minor = minor;
        _engine = queue.Engine;
        _queue = queue;
        _faults = faults;
        _images = images;
        _queue.Faulted += fault => Faulted?.Invoke(fault);
    }

    public event Action<Exception>? Faulted;

    public bool FindsKeys => !_images.KeyDirectories.IsEmpty;

    public Task<ImageInfo> OpenAsync(ImageRequest request) => InTurnAsync(() => OpenHereAsync(request));

    public Task CloseAsync(bool force) => InTurnAsync(() => CloseHereAsync(force));

    public Task FailAsync(int errno) => InTurnAsync(() =>
    {
        _queue.Fail(errno);
        return new IoTask<int>(0);
    });

    public void Dispose() => _turn.Dispose();

    private static ImageOptions OptionsOf(TapdiskMessageFlags flags)
    {
        var options = ImageOptions.None;
        if (flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_RDONLY))
            options |= ImageOptions.ReadOnly;
        if (flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_SHARED))
            options |= ImageOptions.Shared;
        if (flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_NO_O_DIRECT))
            options |= ImageOptions.Buffered;
        return options;
    }

    private async Task<T> InTurnAsync<T>(Func<IoTask<T>> work)
    {
        await _turn.WaitAsync();
        try
        {
            return await _engine.RunAsync(work);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async IoTask<ImageInfo> OpenHereAsync(ImageRequest request)
    {
        if (_image is not null)
            throw new BlockException(BlockErrorKind.InvalidArgument, Errno.EBUSY, $"Minor {_minor} has an image open already.");
        var scope = new IoScope(_engine, $"minor {_minor}");
        ImageContext context = _images with { Key = request.Key?.Memory, ParentMinor = request.ParentMinor };
        IImageDriver image = await ImageDriverFactory.OpenAsync(scope, ImageName.Parse(request.Name), OptionsOf(request.Flags), context);
        if (image.Info.Length < request.MinimumLength)
        {
            long length = image.Info.Length;
            await image.CloseAsync();
            throw new BlockException(
                BlockErrorKind.InvalidArgument,
                Errno.EMEDIUMTYPE,
                $"'{request.Name}' has {length} bytes now, fewer than the {request.MinimumLength} that its guest was told.");
        }
        _image = FaultFilter.Wrap(image, _faults, scope);
        _scope = scope;
        _queue.RequestTimeout = request.RequestTimeout;
        _queue.Start(_image, scope);
        return image.Info;
    }

    private async IoTask<int> CloseHereAsync(bool force)
    {
        if (force)
            _queue.Recall();
        await _queue.QuiesceAsync();
        int result = 0;
        if (_image is { } image)
        {
            result = await image.CloseAsync();
            await _scope!.DrainAsync();
            _image = null;
            _scope = null;
        }
        _queue.Hold();
        if (result < 0)
        {
            throw new BlockException(
                BlockErrorKind.Io, -result, $"The image of minor {_minor} was not closed in good order: {Errno.Describe(-result)}.");
        }
        return 0;
    }
}
