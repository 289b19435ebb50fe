using Tapvisor.Messages.Blkif;
using Tapvisor.Native;

namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>What the ring's answers make of it.</summary>
internal sealed partial record VbdMachine
{
    /// <summary>
    /// The ring is served; or it was served already, and offers something else now. A ring that was taken over is in use: the service that
    /// died has told its frontend everything.
    /// </summary>
    internal VbdMachine Connected(BlkifFeatures features) => Ring is RingPhase.Connecting or RingPhase.Connected
        ? this with
        {
            Ring = RingPhase.Connected,
            IsRingless = false,
            Features = features,
            Sectors = features.Sectors,
            IsAnnounced = Ring is RingPhase.Connecting && IsAdopting,
            HasConnected = true,
            MayHaveRing = false,
            Attempts = 0,
        }
        : this;

    /// <summary>The ring is not served. What may pass is tried again, for a while.</summary>
    internal VbdMachine ConnectFailed(int errno, string reason)
    {
        if (Ring is not RingPhase.Connecting)
            return this;
        if (errno == Errno.EALREADY)
        {
            // A former incarnation of whoever runs this machine connected it. If the frontend was told, all is well; else it begins anew.
            return this with
            {
                Ring = RingPhase.Connected,
                IsRingless = false,
                Features = null,
                IsAnnounced = IsAdopting,
                HasConnected = true,
                MayHaveRing = false,
                MustDisconnect = !IsAdopting,
            };
        }
        bool mayPass = errno is Errno.EAGAIN or Errno.EBUSY or Errno.ENOMEM or Errno.EINTR or Errno.ENODEV && Attempts < MostAttempts;
        return this with
        {
            Ring = RingPhase.None,
            MayHaveRing = mayPass && MayHaveRing is true,
            Attempts = Attempts + 1,
            Failure = mayPass ? null : new VbdFailure(errno, reason),
        };
    }

    /// <summary>Nothing of the guest is mapped any more; unasked for when the disk was closed under it.</summary>
    internal VbdMachine Disconnected() => this with
    {
        Ring = RingPhase.None,
        IsRingless = true,
        MayHaveRing = false,
        Features = null,
        Offer = null,
        Sectors = null,
        IsAnnounced = false,
        MustDisconnect = false,
        Failure = Ring is RingPhase.Connected
            ? new VbdFailure(Errno.ENODEV, $"the disk, minor {Minor}, was closed while connected")
            : Failure,
    };

    /// <summary>No answer came in time: a ring that may be connected is given back, and its return is asked for again.</summary>
    internal VbdMachine Unanswered() => Ring switch
    {
        RingPhase.Connecting => this with
        {
            Ring = RingPhase.Connected,
            MustDisconnect = true,
            Failure = new VbdFailure(Errno.ETIMEDOUT, "the ring device does not answer"),
        },
        RingPhase.Disconnecting => this with { Ring = RingPhase.Connected, MustDisconnect = true },
        _ => this,
    };

    /// <summary>The disk is open, with that size.</summary>
    internal VbdMachine Resized(int minor, ulong sectors) =>
        Ring is RingPhase.Connected && minor == Minor ? this with { Sectors = sectors } : this;
}
