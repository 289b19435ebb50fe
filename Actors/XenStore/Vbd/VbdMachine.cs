using Tapvisor.Actors.Ring;
using Tapvisor.Messages.Blkif;
using Tapvisor.Native;
using Tapvisor.XenStore;

namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>
/// The backend's half of a device's XenbusState protocol, as a value: it is given what the store says and what the ring answered, and
/// decides what follows. It looks at what is there now, not at what an event said, so that missed and doubled events change nothing.
/// <code>
///   backend      frontend 1                frontend 3 or 4, plugged in, disk open            frontend 5        frontend 6
///   1 ──────────────────────────▶ 2 ────────────────────────────────────────▶ 4 ─────────────▶ 5 ─────────────▶ 6 ──(frontend 1)──▶ 2
///     limits published;             ring Connecting ─▶ Connected, features       ring stays      ring
///     libxl: at once, xenopsd:      published; 4/4 found at the start: adopted                   Disconnecting ─▶ None
///     once plugged in
///   any ──(wrong node, ring refused: error node)──▶ 5
///   any ──(frontend gone, or its domain dead)──▶ ring Disconnecting ─▶ None ──▶ 6; for xenopsd the directory is removed
/// </code>
/// Whatever happens: 4 only with a connected ring, 6 only without one, nothing in a directory that is not there.
/// </summary>
internal sealed partial record VbdMachine(VbdId Id, VbdOptions Options)
{
    // Half a second apart (VbdDeviceActor), as tapback's users know it from busy storages.
    internal const int MostAttempts = 20;

    /// <summary>Where the ring is.</summary>
    internal RingPhase Ring { get; init; }

    /// <summary>The disk that the device was last connected to, or −1.</summary>
    internal int Minor { get; init; } = -1;

    /// <summary>What was connected; null when that is not known, because it was before this machine.</summary>
    internal BlkifFrontend? Offer { get; init; }

    /// <summary>What to tell the frontend when it is connected; null for what it has been told before.</summary>
    internal BlkifFeatures? Features { get; init; }

    /// <summary>State 4 and all that belongs to it have been written since the ring was connected, or since it changed.</summary>
    internal bool IsAnnounced { get; init; }

    /// <summary>The size that the frontend is to know, in sectors of 512 bytes; null while that is not known here.</summary>
    internal ulong? Sectors { get; init; }

    /// <summary>The ring has been connected by this machine: what is found connected later is no dead service's.</summary>
    internal bool HasConnected { get; init; }

    /// <summary>The ring must be given back whatever the nodes say.</summary>
    internal bool MustDisconnect { get; init; }

    /// <summary>
    /// There may be a ring that this machine knows nothing of: the service that died had one, and the disk went on with it by itself. Null
    /// before the first look, which tells by the state that the dead service left.
    /// </summary>
    internal bool? MayHaveRing { get; init; }

    /// <summary>
    /// There is certainly no ring. Until a ring device has said so there may be one that a dead service left, whatever has become of the
    /// nodes meanwhile; a device is not forgotten before.
    /// </summary>
    internal bool IsRingless { get; init; }

    /// <summary>The attempt under way takes a ring over.</summary>
    internal bool IsAdopting { get; init; }

    /// <summary>Refusals in a row that may pass by themselves.</summary>
    internal int Attempts { get; init; }

    /// <summary>The guest has died.</summary>
    internal bool IsDomainDead { get; init; }

    /// <summary>Why the device is not served until its frontend begins anew.</summary>
    internal VbdFailure? Failure { get; init; }

    private string? Noted { get; init; }

    /// <summary>State 1 then means that the device was removed and made again without our seeing it.</summary>
    private bool IsPastBeginning => Ring is RingPhase.Connected || Failure is not null;

    /// <summary>What follows from the nodes as they are.</summary>
    internal VbdDecision Decide(VbdSnapshot nodes)
    {
        if (MayHaveRing is null && nodes.Exists)
        {
            bool hadRing = nodes.BackendState is XenbusState.InitWait or XenbusState.Connected or XenbusState.Closing;
            return (this with { MayHaveRing = hadRing }).Decide(nodes);
        }
        if (MayHaveRing is true && Minor < 0 && nodes.Claim.Disk is { } disk)
            return (this with { Minor = disk.Minor }).Decide(nodes);
        if (Ring is RingPhase.Connecting or RingPhase.Disconnecting)
            return new VbdDecision(this);
        if (Ring is RingPhase.Connected && MustDisconnect)
            return Disconnect();
        if (!nodes.Exists)
            return IsRingless ? new VbdDecision(this) { IsOver = true } : Disconnect();
        if (!IsResponsible(nodes))
            return new VbdDecision(this);
        if (nodes.BackendState is XenbusState.Initialising && IsPastBeginning)
            return Release() ?? (this with { Failure = null, Attempts = 0 }).Decide(nodes);
        if (nodes.FrontendPath is null)
        {
            string shown = NodeValues.Shown(nodes.Backend["frontend"] ?? "");
            return Fail(nodes, new VbdFailure(Errno.EINVAL, $"the node frontend is '{shown}', no path"));
        }
        if (nodes.Frontend.State is not { } frontend)
            return IsBeingMade(nodes) ? new VbdDecision(this) : FrontendGone(nodes);
        return IsDomainDead ? GiveUp(nodes) : Follow(nodes, frontend);
    }

    private VbdDecision Follow(VbdSnapshot nodes, XenbusState frontend)
    {
        switch (frontend)
        {
            case XenbusState.Initialising:
                return Begin(nodes);
            case XenbusState.Initialised or XenbusState.Connected:
                return Ring is RingPhase.Connected ? Serve(nodes, frontend) : Accept(nodes, frontend);
            case XenbusState.Closing:
                return nodes.BackendState is XenbusState.Closing or XenbusState.Closed
                    ? new VbdDecision(this)
                    : new VbdDecision(this) { State = XenbusState.Closing };
            case XenbusState.Closed:
                return GiveUp(nodes);
            default:
                if (nodes.IsOffline && Ring is RingPhase.None)
                    return GiveUp(nodes);
                return Note($"the frontend's state is '{NodeValues.Shown(nodes.Frontend["state"]!)}', which means nothing here");
        }
    }

    /// <summary>Another service's device is left alone; one that nobody has named a disk for is the main service's.</summary>
    private bool IsResponsible(VbdSnapshot nodes) =>
        Ring is not RingPhase.None
        || (MayHaveRing is true && Minor >= 0)
        || nodes.Claim.Owner is DiskOwner.Ours
        || (Minor >= 0 && nodes.Claim.Minor == Minor)
        || (Options.IsMain && nodes.Claim.Owner is not DiskOwner.Foreign);

    /// <summary>A toolstack that does not write both sides at once has not come to the frontend yet.</summary>
    private bool IsBeingMade(VbdSnapshot nodes) =>
        nodes.BackendState is XenbusState.Initialising && Ring is RingPhase.None && !nodes.IsOffline && !IsDomainDead;

    /// <summary>The frontend's directory has been removed: how to say that the device is given up depends on who waits for it.</summary>
    private VbdDecision FrontendGone(VbdSnapshot nodes) => nodes.ToolstackOf(Options) is Toolstack.XenOpsD
        ? Release() ?? new VbdDecision(this) { RemovesDirectory = true }
        : GiveUp(nodes);

    private VbdDecision GiveUp(VbdSnapshot nodes)
    {
        if (Release() is { } release)
            return release;
        VbdMachine fresh = this with { Failure = null, Attempts = 0 };
        return nodes.BackendState is XenbusState.Closed
            ? new VbdDecision(fresh)
            : new VbdDecision(fresh) { State = XenbusState.Closed };
    }

    /// <summary>The frontend is new, or begins anew.</summary>
    private VbdDecision Begin(VbdSnapshot nodes)
    {
        if (Release() is { } release)
            return release;
        if (nodes.IsOffline)
            return GiveUp(nodes);
        VbdMachine fresh = this with { Failure = null, Attempts = 0 };
        bool isReady = nodes.IsPlugged || nodes.ToolstackOf(Options) is Toolstack.LibXl;
        return new VbdDecision(fresh)
        {
            Writes = Limits(),
            State = isReady && nodes.BackendState is not XenbusState.InitWait ? XenbusState.InitWait : null,
        };
    }

    /// <summary>The frontend has made its offer, and there is no ring.</summary>
    private VbdDecision Accept(VbdSnapshot nodes, XenbusState frontend)
    {
        if (Failure is { } failure)
            return Fail(nodes, failure);
        if (nodes.IsOffline || (frontend is XenbusState.Connected && IsClosed(nodes)))
            return new VbdDecision(this);
        if (nodes.IsPlugged && nodes.Claim.Owner is DiskOwner.Malformed)
            return Fail(nodes, new VbdFailure(Errno.EINVAL, MalformedClaim(nodes)));
        bool adopts = nodes.BackendState is XenbusState.Connected && !HasConnected;
        if (!nodes.IsPlugged || nodes.Claim.Disk is not { } disk)
            return new VbdDecision(this) { Writes = adopts ? [] : Limits() };
        try
        {
            BlkifFrontend offer = Offered(nodes, adopts);
            nodes.CheckDeviceType();
            return new VbdDecision(this with { Ring = RingPhase.Connecting, Minor = disk.Minor, Offer = offer, IsAdopting = adopts })
            {
                Writes = adopts ? Identity(nodes, disk) : [.. Limits(), .. Identity(nodes, disk)],
                State = adopts || nodes.BackendState is XenbusState.InitWait ? null : XenbusState.InitWait,
                Request = new RingProtocol.Connect(offer, adopts),
            };
        }
        catch (VbdException e)
        {
            return Fail(nodes, e.Failure);
        }
    }

    /// <summary>There is a ring, and the frontend has not closed its side.</summary>
    private VbdDecision Serve(VbdSnapshot nodes, XenbusState frontend)
    {
        if (frontend is XenbusState.Initialised && !nodes.IsOffline && (IsClosed(nodes) || IsOtherOffer(nodes)))
            return Disconnect();
        if (nodes.IsOffline || IsClosed(nodes))
            return new VbdDecision(this);
        IReadOnlyList<NodeWrite> identity = nodes.Claim.Disk is { } disk && disk.Minor == Minor ? Identity(nodes, disk) : [];
        if (IsAnnounced && nodes.BackendState is XenbusState.Connected && (Sectors is null || nodes.Backend["sectors"] == SectorsText(nodes)))
        {
            return nodes.Claim.Minor == Minor
                ? new VbdDecision(this) { Writes = identity }
                : Note($"another disk is named for it; minor {Minor} is served until the guest closes the device");
        }
        try
        {
            return new VbdDecision(this with { IsAnnounced = true })
            {
                Writes = [.. identity, .. Announcement(nodes)],
                State = XenbusState.Connected,
            };
        }
        catch (VbdException e)
        {
            return Fail(nodes, e.Failure);
        }
    }

    private static bool IsClosed(VbdSnapshot nodes) => nodes.BackendState is XenbusState.Closing or XenbusState.Closed;

    /// <summary>A frontend in state 3 with another ring than the one that is served was restarted without our seeing it.</summary>
    private bool IsOtherOffer(VbdSnapshot nodes)
    {
        if (!IsAnnounced || Offer is null)
            return false;
        try
        {
            (uint protocol, IReadOnlyList<BlkifRing> rings, _) = FrontendOffer.Read(nodes.Frontend, Options);
            return !Offer.HasRings(protocol, rings);
        }
        catch (VbdException)
        {
            return true;
        }
    }

    private BlkifFrontend Offered(VbdSnapshot nodes, bool adopts)
    {
        (uint protocol, IReadOnlyList<BlkifRing> rings, bool keepsGrants) = FrontendOffer.Read(nodes.Frontend, Options);
        return new BlkifFrontend(
            Id.DomId,
            Id.DevId,
            protocol,
            rings,
            nodes.IsReadOnly,
            nodes.Backend.Number("polling-duration", 0),
            nodes.Backend.Number("polling-idle-threshold", 0, most: 100),

            // A frontend that is in use goes by what the backend said when it connected.
            keepsGrants && (!adopts || nodes.Backend[FrontendOffer.KeepsGrants] == "1"));
    }

    /// <summary>Null when nothing speaks for a ring.</summary>
    private VbdDecision? Release() =>
        Ring is RingPhase.Connected || MayHaveRing is true ? Disconnect() : null;

    private VbdDecision Disconnect() => new(this with { Ring = RingPhase.Disconnecting })
    {
        Request = new RingProtocol.Disconnect(Id.DomId, Id.DevId),
    };

    /// <summary>
    /// As Linux backends do (xenbus_client.c, xenbus_dev_fatal): the reason into the error node, and 5. A ring that is still
    /// there goes when the frontend follows.
    /// </summary>
    private VbdDecision Fail(VbdSnapshot nodes, VbdFailure failure) => Failure == failure && IsClosed(nodes)
        ? new VbdDecision(this)
        : new VbdDecision(this with { Failure = failure })
        {
            Failure = failure,
            State = IsClosed(nodes) ? null : XenbusState.Closing,
        };

    private VbdDecision Note(string text) => new(this with { Noted = text }) { Note = text == Noted ? null : text };

    private static string MalformedClaim(VbdSnapshot nodes) => nodes.Backend["physical-device-path"] is { Length: > 0 } path
        ? $"the node physical-device-path is '{NodeValues.Shown(path)}', not …/nbd<pid>.<minor>"
        : $"the node physical-device is '{NodeValues.Shown(nodes.Backend["physical-device"] ?? "")}', not 0:<minor>";
}
