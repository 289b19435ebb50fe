using System.Globalization;
using Microsoft.Extensions.Logging;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.Messages.Blkif;
using Tapvisor.Metrics;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Ring;
using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif;

/// <summary>
/// Serves one disk to guests by Xen's PV block protocol (public header io/blkif.h): each guest's device has one ring or several, all on
/// the disk's engine. Engine's thread only, save for <see cref="Statistics"/>.
/// </summary>
public sealed class XenBlkifRingDevice
{
    private readonly RequestQueue _queue;
    private readonly int _minor;
    private readonly XenGateways _gateways;
    private readonly XenBlkifOptions _options;
    private readonly ShadowDirectory _shadows;
    private readonly ILogger<XenBlkifRingDevice> _log;
    private readonly List<BlkifConnection> _connections = [];
    private bool _isOpen;
    private bool _started;
    private volatile IReadOnlyList<XenBlkifStatistics> _statistics = [];

    /// <summary>A disk that no guest uses yet.</summary>
    /// <param name="queue">The disk.</param>
    /// <param name="minor">For logs.</param>
    /// <param name="gateways">The way to the hypervisor.</param>
    /// <param name="options">Limits.</param>
    /// <param name="log">Where it reports to.</param>
    public XenBlkifRingDevice(
        RequestQueue queue, int minor, XenGateways gateways, XenBlkifOptions options, ILogger<XenBlkifRingDevice> log)
    {
        _queue = queue;
        _minor = minor;
        _gateways = gateways;
        _options = options;
        _shadows = new ShadowDirectory(
            queue.Engine,
            options.ShadowDirectory.Length == 0
                ? ""
                : Path.Combine(options.ShadowDirectory, minor.ToString(CultureInfo.InvariantCulture)));
        _log = log;
    }

    /// <summary>Of each ring that is connected; any thread may ask.</summary>
    public IReadOnlyList<XenBlkifStatistics> Statistics => _statistics;

    /// <summary>Serves a guest's rings.</summary>
    /// <param name="frontend">What the guest offers; checked here.</param>
    /// <param name="adopt">
    /// The rings were in use by a process that is dead: what it had not answered is answered now. Rings that are served already stay as
    /// they are.
    /// </param>
    /// <returns>What the disk can.</returns>
    /// <exception cref="BlockException">The reason; nothing of the attempt is left. EALREADY: this device is served already.</exception>
    public async IoTask<BlkifFeatures> ConnectAsync(BlkifFrontend frontend, bool adopt)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        BlkifLayout layout = BlkifFrontendGate.Check(frontend);
        await _shadows.Access.EnterAsync(alone: false);
        try
        {
            return await OpenAsync(frontend, layout, adopt);
        }
        finally
        {
            _shadows.Access.Leave();
        }
    }

    /// <summary>Takes no further request of a guest's device, lets what is at the image end, and gives the rings back.</summary>
    /// <returns>False if it is not connected.</returns>
    public async IoTask<bool> DisconnectAsync(uint domId, uint devId)
    {
        if (Find(domId, devId) is not { } connection)
            return false;
        await CloseAsync(connection, keepShadow: false, _options.DrainTimeout);
        return true;
    }

    /// <summary>Disconnects every guest.</summary>
    /// <param name="handOver">Another process will go on with the rings: what is not answered stays in their shadows.</param>
    /// <param name="force">Does not wait for what is at the image but has it taken back at once.</param>
    /// <returns>0.</returns>
    public async IoTask<int> ReleaseAsync(bool handOver, bool force)
    {
        _isOpen = false;
        foreach (BlkifConnection connection in _connections)
            connection.Stop();
        while (_connections.Count > 0)
            await CloseAsync(_connections[^1], handOver, force ? TimeSpan.Zero : _options.DrainTimeout);

        // What was about to connect finds the disk closed, and leaves before.
        await _shadows.Access.EnterAsync(alone: true);
        try
        {
            return handOver ? 0 : await _shadows.ClearAsync();
        }
        finally
        {
            _shadows.Access.Leave();
        }
    }

    /// <summary>The disk is open: guests may connect.</summary>
    /// <param name="takeOver">
    /// A former process may have died while it served guests from this very disk: goes on with their rings. Otherwise what it left
    /// belongs to another disk that had the same minor, and is removed.
    /// </param>
    /// <returns>0.</returns>
    public async IoTask<int> StartAsync(bool takeOver)
    {
        _isOpen = true;

        // Guests that come meanwhile wait: neither is a shadow removed that was just made, nor one replaced that is to be gone on with.
        await _shadows.Access.EnterAsync(alone: true);
        try
        {
            if (!_started)
                await TakeOverAsync(takeOver);
            _started = true;
            return 0;
        }
        finally
        {
            _shadows.Access.Leave();
        }
    }

    private static BlockException Refused(BlkifFrontend frontend, int errno, string reason) => new(
        BlockErrorKind.InvalidArgument, errno, $"Domain {frontend.DomId} device {frontend.DevId} cannot be connected: {reason}.");

    // A Linux guest that is told so allocates at once all that its rings could ever use: 4 MiB for one of a page, which stays mapped in
    // full, but 66 MiB for one of 16 pages, which does not, and may be more than the guest has.
    private bool MayKeepGrants(BlkifFrontend frontend) =>
        _options.KeepsGrants && frontend.KeepsGrants && frontend.Rings.All(ring => ring.References.Count == 1);

    private async IoTask<int> TakeOverAsync(bool takeOver)
    {
        if (!takeOver)
            await _shadows.ClearAsync();
        foreach (BlkifFrontend frontend in await _shadows.DevicesAsync())
        {
            try
            {
                await OpenAsync(frontend, BlkifFrontendGate.Check(frontend), adopt: true);
            }
            catch (BlockException e)
            {
                // Its guest may be gone, or be served by somebody else by now; whoever knows better connects it.
                _log.NotTakenOver(_minor, frontend.DomId, frontend.DevId, e.Message);
            }
        }
        return 0;
    }

    private async IoTask<BlkifFeatures> OpenAsync(BlkifFrontend frontend, BlkifLayout layout, bool adopt)
    {
        if (!_isOpen)
            throw NotOpen(frontend);
        frontend = frontend with { KeepsGrants = MayKeepGrants(frontend) };
        if (adopt && Find(frontend.DomId, frontend.DevId) is { } served && served.IsOf(frontend))
            return Features(served.Frontend);
        if (!_gateways.TryEnter(frontend.DomId, frontend.DevId))
            throw Refused(frontend, Errno.EALREADY, "it is connected already");
        try
        {
            var connection = new BlkifConnection(new BlkifDevice(
                _queue, _minor, frontend, layout, _gateways.Of(_queue.Engine), _gateways.IdleCpu, _shadows, _options, _log));
            await connection.OpenAsync(adopt);
            if (!_isOpen)
            {
                // It was released meanwhile, together with those that were connected.
                await connection.CloseAsync(keepShadow: adopt, _options.DrainTimeout);
                throw NotOpen(frontend);
            }
            _connections.Add(connection);
        }
        catch
        {
            _gateways.Leave(frontend.DomId, frontend.DevId);
            throw;
        }
        Publish();
        return Features(frontend);
    }

    private BlockException NotOpen(BlkifFrontend frontend) => Refused(frontend, Errno.ENODEV, $"minor {_minor} is not open");

    private BlkifConnection? Find(uint domId, uint devId) =>
        _connections.Find(c => c.Frontend.DomId == domId && c.Frontend.DevId == devId);

    private async IoTask<int> CloseAsync(BlkifConnection connection, bool keepShadow, TimeSpan patience)
    {
        if (!await connection.CloseAsync(keepShadow, patience))
            return 0;
        _connections.Remove(connection);
        _gateways.Leave(connection.Frontend.DomId, connection.Frontend.DevId);
        Publish();
        return 0;
    }

    private void Publish() => _statistics = [.. _connections.SelectMany(c => c.Rings).Select(ring => ring.Statistics)];

    // Logical sectors of 512 bytes are the only ones that every frontend understands alike; smaller writes than the image's are aligned
    // below the queue.
    private BlkifFeatures Features(BlkifFrontend frontend)
    {
        const uint ReadOnly = 4;
        ImageDrivers.ImageInfo info = _queue.Info!;
        bool isReadOnly = frontend.IsReadOnly || info.IsReadOnly;
        return new BlkifFeatures(
            (ulong)info.Sectors,
            BlkifLimits.SectorSize,
            (uint)info.SectorSize,
            info.Flags | (isReadOnly ? ReadOnly : 0),
            _queue.CanDiscard && !isReadOnly,
            (uint)info.SectorSize,
            0,
            CanDiscardSecurely: false,
            frontend.KeepsGrants);
    }
}
