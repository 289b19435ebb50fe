using Tapvisor.Messages.Blkif;
using Tapvisor.Native;

namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>
/// What a frontend writes before it goes to state 3: its rings, their layout and their event channels (public header io/blkif.h). Every
/// count is checked before anything is read that depends on it.
/// </summary>
internal static class FrontendOffer
{
    /// <summary>Of the same meaning in the backend's nodes.</summary>
    internal const string KeepsGrants = "feature-persistent";

    private const string Order = "ring-page-order";

    private const string Queues = "multi-queue-num-queues";

    /// <summary>The nodes that every offer is read from.</summary>
    internal static readonly string[] Nodes = ["protocol", KeepsGrants, Order, Queues];

    /// <summary>The nodes that an offer of such an order and number of queues consists of besides.</summary>
    /// <exception cref="VbdException">A count is not what the backend allows.</exception>
    internal static IEnumerable<string> RingNodes(NodeValues nodes, VbdOptions options)
    {
        uint order = nodes.Number(Order, 0, options.MaxRingPageOrder);
        foreach (string prefix in Prefixes(nodes, options))
        {
            yield return $"{prefix}event-channel";
            yield return $"{prefix}ring-ref";
            for (int page = 0; page < 1 << (int)order; page++)
                yield return $"{prefix}ring-ref{page}";
        }
    }

    /// <exception cref="VbdException">A node is missing or not what it should be.</exception>
    internal static (uint Protocol, IReadOnlyList<BlkifRing> Rings, bool KeepsGrants) Read(NodeValues nodes, VbdOptions options)
    {
        uint order = nodes.Number(Order, 0, options.MaxRingPageOrder);
        bool keepsGrants = nodes.Number(KeepsGrants, 0, 1) == 1;
        uint protocol = Protocol(nodes["protocol"]);
        return (protocol, [.. Prefixes(nodes, options).Select(prefix => Ring(nodes, prefix, order))], keepsGrants);
    }

    /// <summary>
    /// A ring of one page may be called ring-ref or ring-ref0, whether or not the order is there: frontends differ (Linux blkback, QEMU and
    /// upstream each insist on another rule).
    /// </summary>
    private static BlkifRing Ring(NodeValues nodes, string prefix, uint order)
    {
        uint port = nodes.Number($"{prefix}event-channel");
        bool isPlain = order == 0 && nodes[$"{prefix}ring-ref"] is not null;
        uint[] references = isPlain
            ? [nodes.Number($"{prefix}ring-ref")]
            : [.. Enumerable.Range(0, 1 << (int)order).Select(page => nodes.Number($"{prefix}ring-ref{page}"))];
        return new BlkifRing(references, port);
    }

    private static IEnumerable<string> Prefixes(NodeValues nodes, VbdOptions options)
    {
        uint queues = nodes.Number(Queues, 1, options.MaxQueues);
        if (queues == 0)
            throw new VbdException(Errno.EINVAL, $"the node {Queues} is 0");

        // One queue is laid out as if there were no such thing as queues (Linux blkfront.c, talk_to_blkback).
        return queues == 1 ? [""] : Enumerable.Range(0, (int)queues).Select(queue => $"queue-{queue}/");
    }

    /// <summary>Absent means x86_32 on x86 (Linux xen-blkback/common.h), where that is not the own layout.</summary>
    private static uint Protocol(string? name) => name switch
    {
        null or "x86_32-abi" => 2,
        "x86_64-abi" => 3,
        "arm-abi" => 1,
        _ => throw new VbdException(Errno.EINVAL, $"the node protocol is '{NodeValues.Shown(name)}', which is no known layout"),
    };
}
