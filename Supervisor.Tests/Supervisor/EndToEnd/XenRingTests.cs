using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.RingDevices.XenBlkif.Wire;
using Tapvisor.Tests.Architecture;
using Tapvisor.Tests.RingDevices.XenBlkif.Guests;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>A guest of the loopback, served by a tapvisord of its own process, through the messages of upstream's tapback.</summary>
public sealed class XenRingTests : IDisposable
{
    private const int Blocks = 256;
    private const int BlockSize = 4096;
    private const uint DevId = 51712;

    private readonly TemporaryDirectory _files = new();
    private readonly LoopbackGuest _guest;
    private readonly List<Daemon> _services = [];
    private readonly Dictionary<string, string> _environment;
    private readonly ControlClient _client;
    private readonly MinorMarkers _markers;
    private readonly CancellationTokenSource _enough = new();
    private Task<byte[]>? _writer;

    public XenRingTests()
    {
        Directory.CreateDirectory(_files.At("xen"));
        _guest = new LoopbackGuest(root: _files.At("xen"));
        _environment = new Dictionary<string, string> { ["TAPVISOR_CONTROL_DIR"] = _files.At("ctl") };
        var control = new ControlDirectory(_files.At("ctl"));
        _client = new ControlClient(control);
        _markers = new MinorMarkers(control);
        File.WriteAllText(_files.At("xen.hocon"), $"tapvisor.xen.devices = \"loopback:{_files.At("xen")}\"");
    }

    public void Dispose()
    {
        _enough.Cancel();
        _services.ForEach(service => service.Dispose());

        // Its pages are about to go; what became of it the test knows.
        ((IAsyncResult?)_writer)?.AsyncWaitHandle.WaitOne();
        _guest.Dispose();
        _enough.Dispose();
        _files.Dispose();
    }

    [SkippableTheory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task The_service_ends_and_comes_back_while_the_guest_writes_and_every_byte_verifies(string signal)
    {
        Daemon first = await StartAsync();
        int minor = Create(first, out string image);
        var front = new Blkfront(_guest, BlkifProtocol.X86_32, order: 2);
        Ask<TapdiskResponse.XenBlkifConnect>(first, new TapdiskRequest.XenBlkifConnect((ushort)minor, Offer(front)));
        Task<byte[]> guest = _writer = Task.Run(() => WriteAndVerify(front));

        // Three services go while the guest is at it.
        Daemon current = first;
        for (int i = 0; i < 3; i++)
        {
            await WaitForProgressAsync(front, guest);
            await current.EndAsync(signal);
            current = await StartAsync();
            await current.SaysAsync($"minor {minor}: recovered");
        }
        await WaitForProgressAsync(front, guest);
        await _enough.CancelAsync();
        byte[] stamps = await guest;
        Ask<TapdiskResponse.Close>(current, new TapdiskRequest.Close((ushort)minor));
        byte[] content = await File.ReadAllBytesAsync(image);
        for (int block = 0; block < Blocks; block++)
            Assert.True(content.AsSpan(block * BlockSize, BlockSize).IndexOfAnyExcept(stamps[block]) < 0, $"block {block}");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_files.At("ctl/rings")));
    }

    [SkippableFact]
    [Setting("tapvisor.xen.devices")]
    public async Task Tapbacks_messages_connect_and_disconnect_and_statistics_tell_of_it()
    {
        Daemon service = await StartAsync();
        int minor = Create(service, out _);
        var front = new Blkfront(_guest);
        var connect = new TapdiskRequest.XenBlkifConnect((ushort)minor, Offer(front));
        Ask<TapdiskResponse.XenBlkifConnect>(service, connect);
        Assert.Equal(Tapvisor.Native.Errno.EALREADY, Ask<TapdiskResponse.Error>(service, connect).Errno);
        GuestPage page = _guest.NewPages(1)[0];
        Assert.Equal(BlkifStatus.BLKIF_RSP_OKAY, front.Do(front.Write(0, new BlkifSegment { Gref = page.Gref, LastSect = 7 })));
        string json = Ask<TapdiskResponse.Stats>(service, new TapdiskRequest.Stats((ushort)minor)).Json;
        Assert.Contains(
            "\"xenbus\": { \"pool\": \"td-xenio-default\", \"domid\": 7, \"devid\": 51712, \"reqs\": [ 1, 1 ]",
            json,
            StringComparison.Ordinal);

        // As upstream's tapback does, which does not say whose ring it is but by domain and device.
        var disconnect = new TapdiskRequest.XenBlkifDisconnect(0, _guest.DomId, DevId);
        Ask<TapdiskResponse.XenBlkifDisconnect>(service, disconnect);
        Assert.Equal(Tapvisor.Native.Errno.ENODEV, Ask<TapdiskResponse.Error>(service, disconnect).Errno);
    }

    /// <summary>Waits until the guest has had some of its answers, and fails if it does.</summary>
    private static async Task WaitForProgressAsync(Blkfront front, Task guest)
    {
        for (uint begun = front.ResponsesProduced; front.ResponsesProduced - begun < 200;)
        {
            if (guest.IsCompleted)
                await guest;
            await Task.Yield();
        }
    }

    /// <summary>Writes every block again and again and reads it back, with many requests in flight, until it is enough.</summary>
    /// <returns>What each block holds at the end.</returns>
    private byte[] WriteAndVerify(Blkfront front)
    {
        GuestPage[] pages = _guest.NewPages(Blocks);
        var stamps = new byte[Blocks];
        for (int round = 0; !_enough.IsCancellationRequested; round++)
        {
            for (int i = 0; i < Blocks; i++)
            {
                stamps[i] = (byte)((round * 7) + i + 1);
                pages[i].Bytes.Fill(stamps[i]);
            }
            ForEachBlock(front, pages, BlkifOp.BLKIF_OP_WRITE);
            foreach (GuestPage page in pages)
                page.Bytes.Clear();
            ForEachBlock(front, pages, BlkifOp.BLKIF_OP_READ);
            for (int i = 0; i < Blocks; i++)
                Assert.True(pages[i].Bytes.IndexOfAnyExcept(stamps[i]) < 0, $"round {round}, block {i}");
        }
        return stamps;
    }

    private static void ForEachBlock(Blkfront front, GuestPage[] pages, BlkifOp operation)
    {
        int done = 0;
        for (int next = 0; done < Blocks;)
        {
            for (; next < Blocks && front.Free > 0; next++)
                front.Put(operation, next * 8, new BlkifSegment { Gref = pages[next].Gref, LastSect = 7 });
            front.Push();
            foreach (GuestResponse response in front.Wait(1).Values)
            {
                Assert.Equal(BlkifStatus.BLKIF_RSP_OKAY, response.Status);
                done++;
            }
        }
    }

    private TapdiskBlkif Offer(Blkfront front)
    {
        uint[] references = [.. front.Offer.References];
        return new TapdiskBlkif
        {
            DomId = _guest.DomId,
            DevId = DevId,
            Grefs = GrantReferences.Of(references),
            Order = (uint)System.Numerics.BitOperations.Log2((uint)references.Length),
            Proto = (uint)front.Protocol,
            Port = front.Port,
        };
    }

    private async Task<Daemon> StartAsync()
    {
        Skip.IfNot(File.Exists(Daemon.Path), "tapvisord is not built");
        var service = new Daemon(_environment, "run", "--config", _files.At("xen.hocon"));
        _services.Add(service);
        await service.SaysAsync("serves");
        return service;
    }

    private int Create(Daemon service, out string image)
    {
        image = _files.Image("a.img", Blocks * BlockSize);
        int minor = _markers.Allocate();
        Ask<TapdiskResponse.Attach>(service, new TapdiskRequest.Attach((ushort)minor));
        Ask<TapdiskResponse.Open>(service, new TapdiskRequest.Open((ushort)minor, new TapdiskParams { Path = $"aio:{image}" }));
        return minor;
    }

    private T Ask<T>(Daemon service, TapdiskRequest request)
        where T : TapdiskResponse => _client.Ask<T>(service.Id, request, TimeSpan.FromSeconds(60));
}
