namespace Tapvisor.Messages;

/// <summary>struct tapdisk_message_blkif: the guest's ring for XENBLKIF_CONNECT.</summary>
public sealed record TapdiskBlkif
{
    public uint DomId { get; init; }

    public uint DevId { get; init; }

    /// <summary>The eight grant references of the ring's pages; the first 1 &lt;&lt; <see cref="Order"/> count.</summary>
    public GrantReferences Grefs { get; init; }

    /// <summary>log2 of the number of ring pages, 0 to 3.</summary>
    public uint Order { get; init; }

    /// <summary>1 native, 2 x86_32, 3 x86_64.</summary>
    public uint Proto { get; init; }

    /// <summary>I/O context pool; empty for the default one.</summary>
    public string Pool { get; init; } = "";

    /// <summary>The guest's event channel.</summary>
    public uint Port { get; init; }

    /// <summary>Microseconds of polling after an event; 0 for none.</summary>
    public uint PollDuration { get; init; }

    /// <summary>Percent of idle CPU above which polling is allowed.</summary>
    public uint PollIdleThreshold { get; init; }
}
