using System.Globalization;
using Akka.Actor;
using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.Supervisor.Hosting;

namespace Tapvisor.Supervisor.Commands;

/// <summary>The images of one <c>serve</c>: attached, opened and shown one by one; closed, detached and freed at the end.</summary>
internal sealed class ServedImages(IActorRef supervisor, ControlDirectory directory, MinorMarkers markers) : IAsyncDisposable
{
    private const long SampleBytes = 1L << 30;

    private readonly List<int> _minors = [];
    private string? _sample;

    /// <summary>Serves the images, or a sample if none is named.</summary>
    /// <exception cref="ControlException">One of them cannot be served.</exception>
    internal async Task AddAsync(IReadOnlyList<string> images, bool readOnly, bool buffered)
    {
        TapdiskMessageFlags flags = (readOnly ? TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_RDONLY : TapdiskMessageFlags.None)
            | (buffered ? TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_NO_O_DIRECT : TapdiskMessageFlags.None);
        foreach (string image in images.Count > 0 ? images : [MakeSample()])
            await AddAsync(Absolute(image), flags);
        Console.WriteLine("Ctrl-C ends it.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (int minor in _minors)
            await RemoveAsync(minor);
        _minors.Clear();
        if (_sample is not null)
            File.Delete(_sample);
        _sample = null;
    }

    private async Task AddAsync(string image, TapdiskMessageFlags flags)
    {
        int minor = markers.Allocate();
        try
        {
            await AskAsync(new TapdiskRequest.Attach((ushort)minor));
        }
        catch (ControlException)
        {
            markers.Free(minor);
            throw;
        }
        _minors.Add(minor);
        var open = new TapdiskRequest.Open((ushort)minor, new TapdiskParams { Path = image, Flags = flags, DevNum = (uint)minor });
        var opened = (TapdiskResponse.Open)await AskAsync(open);
        Show(image, minor, opened.Image);
    }

    private async Task RemoveAsync(int minor)
    {
        try
        {
            await AskAsync(new TapdiskRequest.Close((ushort)minor));
            await AskAsync(new TapdiskRequest.Detach((ushort)minor));
            markers.Free(minor);
        }
        catch (ControlException e)
        {
            // The other images end in good order all the same.
            StandardError.Say($"tapvisord: minor {minor}: {e.Message}");
        }
    }

    private void Show(string image, int minor, TapdiskImage size)
    {
        string uri = $"nbd+unix:///?socket={directory.NbdSocket(Environment.ProcessId, minor)}";
        double mebibytes = size.Sectors * size.SectorSize / 1048576.0;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {image}  ({mebibytes:0.###} MiB, minor {minor})
              {uri}
              Try:  nbdinfo '{uri}'
                    qemu-img info '{uri}'
                    nbdcopy '{uri}' copy.img
                    TAPVISOR_CONTROL_DIR={directory.Path} tap-ctl list
            """));
    }

    private async Task<TapdiskResponse> AskAsync(TapdiskRequest request)
    {
        TapdiskResponse response = await supervisor.Ask<TapdiskResponse>(request, Timeout.InfiniteTimeSpan);
        return response is TapdiskResponse.Error error ? throw new ControlException(error.Errno, error.Text) : response;
    }

    private string MakeSample()
    {
        _sample = Path.Combine(Path.GetTempPath(), $"tapvisor-sample-{Environment.ProcessId}.img");
        using FileStream file = File.Create(_sample);
        file.SetLength(SampleBytes);
        return $"aio:{_sample}";
    }

    private static string Absolute(string image)
    {
        int colon = image.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? image : image[..(colon + 1)] + Path.GetFullPath(image[(colon + 1)..]);
    }
}
