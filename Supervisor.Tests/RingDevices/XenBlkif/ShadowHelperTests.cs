using Tapvisor.BlockIo;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Blkif;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif;
using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.Tests.RingDevices.XenBlkif.Guests;
using static Tapvisor.Native.LinuxCalls;

namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>
/// A file system that hangs under the shadows of one disk: the other disks of its engine do not notice, and what belongs in an order
/// keeps it. A pipe that nobody opens at its other end hangs whoever opens it; and a call that waits for a helper thread hangs as long
/// as all of them are held.
/// </summary>
public sealed class ShadowHelperTests : IDisposable
{
    private const int SlowMinor = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _files = new();
    private readonly XenBed _bed = new();
    private readonly Blkfront _healthy;
    private readonly GuestPage _page;
    private readonly XenBlkifRingDevice _slow;
    private readonly ManualResetEventSlim _held = new();

    public ShadowHelperTests()
    {
        _healthy = _bed.Connected();
        _page = _bed.Guest.NewPage();
        _slow = _bed.On(() => new XenBlkifRingDevice(
            _bed.Queue, SlowMinor, _bed.Gateways, new XenBlkifOptions { ShadowDirectory = _files.Path }, _bed.Log));
    }

    private string Shadows => Path.Combine(_files.Path, "4");

    public void Dispose()
    {
        _held.Set();
        _bed.Run(() => _slow.ReleaseAsync(handOver: false, force: true));
        _bed.Dispose();
        _files.Dispose();
        _held.Dispose();
    }

    [Fact]
    public void A_start_that_hangs_does_not_stop_another_disk_and_a_guest_that_connects_waits_for_it()
    {
        Directory.CreateDirectory(Shadows);
        string pipe = Path.Combine(Shadows, "vbd-1-2-0");
        Assert.Equal(0, mkfifo(pipe, 0x180 /* 0600 */));
        Task<int> start = _bed.Engine.RunAsync(() => _slow.StartAsync(takeOver: true));
        Task<BlkifFeatures> connect = Connect(_bed.NewFrontend());
        using (FileStream other = new(pipe, new FileStreamOptions { Access = FileAccess.ReadWrite, Mode = FileMode.Open, BufferSize = 0 }))
        {
            AssertServed();
            Assert.False(start.IsCompleted);
            Assert.False(connect.IsCompleted);
            other.Write(new byte[ShadowIdentity.Size]);
            Wait(start);
        }
        Wait(connect);
        Assert.Single(_slow.Statistics);
    }

    [Fact]
    public void A_shadow_that_hangs_when_it_is_made_does_not_stop_another_disk()
    {
        _bed.Run(() => _slow.StartAsync(takeOver: true));
        Blkfront front = _bed.NewFrontend();
        Directory.CreateDirectory(Shadows);
        string pipe = Path.Combine(Shadows, new ShadowIdentity(Offer(front), 0) + ".new");
        Assert.Equal(0, mkfifo(pipe, 0x180 /* 0600 */));
        Task<BlkifFeatures> connect = Connect(front);
        AssertServed();
        Assert.False(connect.IsCompleted);
        using (new FileStream(pipe, new FileStreamOptions { Access = FileAccess.ReadWrite, Mode = FileMode.Open, BufferSize = 0 }))
            Assert.Throws<BlockException>(() => Wait(connect));
        Assert.Empty(_slow.Statistics);

        File.Delete(pipe);
        Wait(Connect(front));
        Assert.Single(_slow.Statistics);
    }

    [Fact]
    public void Neither_removing_a_shadow_nor_clearing_them_away_is_done_on_the_engines_thread()
    {
        _bed.Run(() => _slow.StartAsync(takeOver: true));
        Wait(Connect(_bed.NewFrontend()));
        string shadow = Assert.Single(Directory.EnumerateFiles(Shadows));
        HoldHelpers();
        Task<bool> disconnect = _bed.Engine.RunAsync(() => _slow.DisconnectAsync(_bed.Guest.DomId, SlowMinor));
        AssertServed();
        Assert.True(File.Exists(shadow));
        _held.Set();
        Assert.True(Wait(disconnect));
        Assert.False(File.Exists(shadow));

        _held.Reset();
        HoldHelpers();
        Task<int> release = _bed.Engine.RunAsync(() => _slow.ReleaseAsync(handOver: false, force: false));
        AssertServed();
        Assert.True(Directory.Exists(Shadows));
        _held.Set();
        Wait(release);
        Assert.False(Directory.Exists(Shadows));
    }

    [Fact]
    public void What_another_disk_left_is_cleared_away_before_a_guest_that_comes_early_gets_its_shadow()
    {
        Directory.CreateDirectory(Shadows);
        string left = Path.Combine(Shadows, "left");
        File.WriteAllText(left, "");
        HoldHelpers();
        Task<int> start = _bed.Engine.RunAsync(() => _slow.StartAsync(takeOver: false));
        Task<BlkifFeatures> connect = Connect(_bed.NewFrontend());
        AssertServed();
        Assert.True(File.Exists(left));
        _held.Set();
        Wait(start);
        Wait(connect);
        Assert.False(File.Exists(left));
        Assert.Single(Directory.EnumerateFiles(Shadows));
    }

    [Fact]
    public void A_guest_that_is_still_connecting_when_its_disk_is_released_is_refused_and_leaves_nothing()
    {
        _bed.Run(() => _slow.StartAsync(takeOver: true));
        Blkfront front = _bed.NewFrontend();
        HoldHelpers();
        Task<BlkifFeatures> connect = Connect(front);
        Task<int> release = _bed.Engine.RunAsync(() => _slow.ReleaseAsync(handOver: false, force: false));
        AssertServed();
        Assert.False(release.IsCompleted);
        _held.Set();
        Assert.Equal(Errno.ENODEV, Assert.Throws<BlockException>(() => Wait(connect)).Errno);
        Wait(release);
        Assert.Empty(_slow.Statistics);
        Assert.False(Directory.Exists(Shadows));

        _bed.Run(() => _slow.StartAsync(takeOver: true));
        Wait(Connect(front));
    }

    [Fact]
    public void A_shadow_that_cannot_be_removed_keeps_no_guest_from_its_memory()
    {
        _bed.Run(() => _slow.StartAsync(takeOver: true));
        Blkfront front = _bed.NewFrontend();
        Wait(Connect(front));
        string shadow = Assert.Single(Directory.EnumerateFiles(Shadows));
        File.Delete(shadow);
        Directory.CreateDirectory(Path.Combine(shadow, "in the way"));
        Assert.True(_bed.Run(() => _slow.DisconnectAsync(_bed.Guest.DomId, SlowMinor)));
        Assert.Contains(_bed.Log.Complaints, line => line.Contains(Shadows, StringComparison.Ordinal));

        Directory.Delete(shadow, recursive: true);
        Wait(Connect(front));
    }

    private static T Wait<T>(Task<T> task) => task.WaitAsync(s_patience).GetAwaiter().GetResult();

    private BlkifFrontend Offer(Blkfront front) => _bed.Offer([front], devId: SlowMinor);

    private Task<BlkifFeatures> Connect(Blkfront front)
    {
        BlkifFrontend offer = Offer(front);
        return _bed.Engine.RunAsync(() => _slow.ConnectAsync(offer, adopt: false));
    }

    private void AssertServed()
    {
        for (int i = 0; i < 20; i++)
        {
            ulong id = _healthy.Read(i, new BlkifSegment { Gref = _page.Gref, LastSect = 7 });
            Assert.Equal(BlkifStatus.BLKIF_RSP_OKAY, _healthy.Do(id));
        }
    }

    /// <summary>Until <see cref="_held"/> is set no helper thread is free, and whoever needs one stands behind these.</summary>
    private void HoldHelpers() => _bed.On(() =>
    {
        for (int i = new IoEngineOptions().HelperThreads; i > 0; i--)
        {
            _ = _bed.Engine.OffloadAsync(_bed.Scope, () =>
            {
                _held.Wait();
                return 0;
            });
        }
        return 0;
    });
}
