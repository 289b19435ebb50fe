using Microsoft.Extensions.Logging;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Blkif;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>A guest's device while it is served.</summary>
internal sealed class BlkifConnection(BlkifDevice device)
{
    private readonly List<GuestRing> _rings = [];
    private readonly List<IoPromise<int>> _waiters = [];
    private bool _closing;
    private bool _drained;

    internal BlkifFrontend Frontend => device.Frontend;

    internal IReadOnlyList<GuestRing> Rings => _rings;

    private ILogger Log => device.Log;

    /// <summary>It serves these very rings.</summary>
    internal bool IsOf(BlkifFrontend frontend) => !_closing && Frontend.HasRings(frontend.Protocol, frontend.Rings);

    /// <summary>Maps and binds every ring, and begins.</summary>
    /// <exception cref="BlockException">The reason; nothing is left.</exception>
    internal async IoTask<int> OpenAsync(bool adopt)
    {
        device.Gateway.Acquire();
        try
        {
            for (int queue = 0; queue < Frontend.Rings.Count; queue++)
                await OpenRingAsync(queue, adopt);

            // Only now: a service that dies before this point has not touched any of the rings.
            int unanswered = 0;
            foreach (GuestRing ring in _rings)
                unanswered += ring.Start();
            int entries = _rings[0].Statistics.Entries;
            Log.Connected(device.Minor, Frontend.DomId, Frontend.DevId, _rings.Count, entries, (BlkifProtocol)Frontend.Protocol);
            if (adopt)
                Log.Adopted(device.Minor, Frontend.DomId, Frontend.DevId, unanswered);
            return 0;
        }
        catch
        {
            // Rings that were taken over already keep what they owe: another attempt may succeed.
            await CloseRingsAsync(keepShadow: adopt);
            throw;
        }
    }

    /// <summary>Takes no further request.</summary>
    internal void Stop()
    {
        foreach (GuestRing ring in _rings)
            ring.Stop();
    }

    /// <summary>
    /// Stops, waits until nothing can be written any more, gives the guest's memory back. What does not end in time is taken back by
    /// restarting the image's driver, which waits until the kernel has let go of it: so no old write lands afterwards.
    /// </summary>
    /// <returns>True to the first who asks, false to others, who wait with him.</returns>
    internal async IoTask<bool> CloseAsync(bool keepShadow, TimeSpan patience)
    {
        if (_closing)
        {
            var waiter = new IoPromise<int>();
            _waiters.Add(waiter);
            await waiter.Task;
            return false;
        }
        _closing = true;
        var timer = new IoScope(device.Queue.Engine, "disconnect");
        _ = TakeBackAsync(timer, patience);
        await CloseRingsAsync(keepShadow);
        _drained = true;
        timer.Revoke();
        await timer.DrainAsync();
        Log.Disconnected(device.Minor, Frontend.DomId, Frontend.DevId);
        foreach (IoPromise<int> waiter in _waiters)
            waiter.Set(0);
        return true;
    }

    private async IoTask<int> CloseRingsAsync(bool keepShadow)
    {
        Stop();
        foreach (GuestRing ring in _rings)
            await ring.DrainAsync();
        foreach (GuestRing ring in _rings)
            await ring.CloseAsync(keepShadow);
        return await device.Gateway.ReleaseAsync();
    }

    private async IoTask<int> TakeBackAsync(IoScope timer, TimeSpan patience)
    {
        if (await timer.DelayAsync(patience) < 0 || _drained)
            return 0;
        int count = _rings.Sum(ring => ring.InFlight);
        if (count == 0)
            return 0;
        Log.DrainTimedOut(device.Minor, Frontend.DomId, Frontend.DevId, count, patience.TotalSeconds);
        device.Queue.Fault(new TimeoutException($"{count} requests of a guest that disconnects did not end."));
        return 0;
    }

    private async IoTask<int> OpenRingAsync(int queue, bool adopt)
    {
        var scope = new IoScope(device.Queue.Engine, "ring pages");
        GrantMapping mapping = await device.Gateway.MapAsync(scope, Frontend.DomId, Frontend.Rings[queue].References);
        RingShadow? shadow = null;
        uint port = 0;
        try
        {
            // First of all: as long as another process serves the ring this fails, and nothing of it has been touched.
            port = device.Gateway.Events.Bind(Frontend.DomId, Frontend.Rings[queue].Port);
            var pages = new SharedRing(mapping.Address, mapping.Pages, device.Layout);
            uint responses = pages.ResponsesProduced;
            uint requests = pages.RequestsProduced;
            List<int> unanswered = [];
            var identity = new ShadowIdentity(Frontend, queue);
            if (adopt)
                (shadow, unanswered) = await AdoptAsync(identity, pages.Size, requests, responses);
            else
                shadow = await device.Shadows.CreateAsync(identity, pages.Size, responses);
            _rings.Add(new GuestRing(new RingContext(device, queue, port, pages, shadow), mapping, responses, unanswered));
            return 0;
        }
        catch
        {
            if (port != 0)
                device.Gateway.Unbind(port);
            await device.Gateway.UnmapAsync(scope, mapping);
            if (shadow is not null)
            {
                await device.Shadows.CloseAsync(shadow);
                if (!adopt)
                    await device.Shadows.DeleteAsync(shadow);
            }
            throw;
        }
    }

    private async IoTask<(RingShadow Shadow, List<int> Unanswered)> AdoptAsync(
        ShadowIdentity identity, int size, uint requests, uint responses)
    {
        try
        {
            RingShadow shadow = await device.Shadows.OpenAsync(identity, size);
            try
            {
                return (shadow, ShadowRecovery.Recover(shadow, size, requests, responses, device.Options.BeforeStore));
            }
            catch
            {
                await device.Shadows.CloseAsync(shadow);
                throw;
            }
        }
        catch (BlockException e)
        {
            // A guest that waits for nothing has lost nothing. Otherwise nobody knows what became of its requests.
            if (requests != responses)
            {
                throw new BlockException(
                    BlockErrorKind.Io,
                    Errno.EUCLEAN,
                    $"Ring {identity.Queue} of domain {Frontend.DomId} device {Frontend.DevId} cannot be taken over: the guest waits for "
                    + $"{requests - responses} requests. {e.Message}",
                    e);
            }
            Log.ShadowUseless(device.Minor, e.Message);
            return (await device.Shadows.CreateAsync(identity, size, responses), []);
        }
    }
}
