using Tapvisor.Control;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;
using Tapvisor.RingDevices.Nbd;

namespace Tapvisor.Tests.RingDevices.Nbd;

/// <summary>A raw file served by NBD on a real engine, for real peers.</summary>
internal sealed class LiveDisk : IDisposable
{
    private readonly IoEngine _engine;
    private readonly RequestQueue _queue;
    private readonly NbdRingDevice _device;
    private IImageDriver? _image;
    private IoScope? _scope;

    internal LiveDisk(
        IoEngineKind kind = IoEngineKind.Auto, ImageOptions image = ImageOptions.None, long length = 16 << 20, NbdOptions? options = null)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("nbd").FullName;
        ImagePath = Path.Combine(Directory, "disk.img");
        using (FileStream file = File.Create(ImagePath))
            file.SetLength(length);
        ImageOptions = image;
        _engine = IoEngines.Create(new IoEngineOptions { Kind = kind });
        _queue = On(() => new RequestQueue(_engine, new RequestQueueOptions()));
        Paths = new NbdPaths(new ControlDirectory(Directory), 7, 3);
        Open();
        _device = On(() => new NbdRingDevice(_queue, Paths, options ?? new NbdOptions(), Log));
        Run(() => _device.StartAsync());
    }

    internal string Directory { get; }

    internal string ImagePath { get; }

    internal NbdPaths Paths { get; }

    internal TestLog<NbdRingDevice> Log { get; } = new();

    internal RequestQueue Queue => _queue;

    internal int ConnectionCount => _device.ConnectionCount;

    internal string Uri => $"nbd+unix:///?socket={Paths.Listener}";

    private ImageOptions ImageOptions { get; }

    public void Dispose()
    {
        // A test that failed between Pause and Open leaves requests waiting, and the ring device waits for its requests.
        Pause();
        On(() =>
        {
            _queue.Fail(Errno.ESHUTDOWN);
            return 0;
        });
        Run(() => _device.StopAsync());
        Run(() => _queue.CloseAsync());
        _engine.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    internal void Pause() => Run(PauseAsync);

    internal void Open() => Run(OpenAsync);

    internal T Run<T>(Func<IoTask<T>> work) => _engine.RunAsync(work).GetAwaiter().GetResult();

    private T On<T>(Func<T> work) => Run(() => new IoTask<T>(work()));

    private async IoTask<int> OpenAsync()
    {
        _scope = new IoScope(_engine, "image");
        _image = await ImageDriverFactory.OpenAsync(_scope, new ImageName("aio", ImagePath), ImageOptions);
        _queue.Start(_image, _scope);
        return 0;
    }

    private async IoTask<int> PauseAsync()
    {
        await _queue.QuiesceAsync();
        return await _image!.CloseAsync();
    }
}
