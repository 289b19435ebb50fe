namespace Tapvisor.Metrics;

/// <summary>A ring's indices, copied where anybody can read them after the ring is unmapped, too.</summary>
public sealed class XenBlkifIndices
{
    /// <summary>req_prod.</summary>
    public uint RequestsProduced { get; internal set; }

    /// <summary>req_cons, ours.</summary>
    public uint RequestsConsumed { get; internal set; }

    /// <summary>req_event.</summary>
    public uint RequestEvent { get; internal set; }

    /// <summary>rsp_prod.</summary>
    public uint ResponsesProduced { get; internal set; }

    /// <summary>rsp_prod_pvt, ours.</summary>
    public uint ResponsesPrivate { get; internal set; }

    /// <summary>rsp_event.</summary>
    public uint ResponseEvent { get; internal set; }
}
