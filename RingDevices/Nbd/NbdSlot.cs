using Tapvisor.BlockIo.Buffers;
using Tapvisor.Disks.Requests;
using Tapvisor.ImageDrivers;
using Tapvisor.Messages.Nbd;
using Tapvisor.RingDevices.Nbd.Wire;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>One request of a client from its arrival until its answer has been sent; reused.</summary>
/// <param name="index">Its number in its connection, which the queue's request carries as its tag.</param>
/// <param name="request">What goes to the queue.</param>
internal sealed class NbdSlot(int index, BlockRequest request)
{
    /// <summary>
    /// Most extents of one answer, of 8 bytes each: enough to describe a fragmented disk in few requests, small enough to keep one
    /// list per request in flight. The client asks again from where the answer ends.
    /// </summary>
    internal const int MaxExtents = 512;

    private ExtentList? _many;
    private ExtentList? _one;

    internal int Index { get; } = index;

    internal BlockRequest Request { get; } = request;

    /// <summary>The next in the list that it is in.</summary>
    internal NbdSlot? Next { get; set; }

    /// <summary>As the client sent it.</summary>
    internal NbdRequest Asked { get; private set; }

    /// <summary>Data of a read or write, or room for extents; rented while its length is not 0.</summary>
    internal IoBuffer Buffer { get; set; }

    /// <summary>What the client is told.</summary>
    internal NbdError Error { get; private set; }

    /// <summary>Why, if it is told an error.</summary>
    internal string Reason { get; private set; } = "";

    /// <summary>Extents of a block status.</summary>
    internal int Extents { get; private set; }

    /// <summary>A list for the extents that are asked for.</summary>
    internal ExtentList ExtentList
    {
        get
        {
            ExtentList list = Asked.Has(NbdCommandFlags.NBD_CMD_FLAG_REQ_ONE) ? _one ??= new(1) : _many ??= new(MaxExtents);
            list.Clear();
            return list;
        }
    }

    internal void Begin(in NbdRequest asked)
    {
        Asked = asked;
        Error = NbdError.None;
        Reason = "";
        Extents = 0;
    }

    internal void Refuse(NbdRefusal refusal)
    {
        Error = refusal.Error;
        Reason = refusal.Reason;
    }

    /// <summary>Takes over the queue's verdict.</summary>
    internal void Complete()
    {
        if (Asked.Command == NbdCommand.NBD_CMD_BLOCK_STATUS && Request.Error is 0 or Native.Errno.EOPNOTSUPP)
        {
            // An image that does not know what it holds says that all of it is data.
            if (Request.Error != 0)
                DescribeAsData();
            else
                Describe(Request.Extents!);
            return;
        }
        Error = NbdErrors.From(Request.Error, Asked.Command, Asked.Flags);
        Reason = "The disk could not do it.";
    }

    /// <summary>Writes the header of its reply.</summary>
    /// <param name="wire">At least <see cref="NbdReply.MaxHeaderSize"/> bytes.</param>
    /// <param name="structured">Structured replies were negotiated.</param>
    /// <param name="payload">What follows the header.</param>
    /// <returns>Bytes of the header.</returns>
    internal int WriteReply(Span<byte> wire, bool structured, out IoBuffer payload)
    {
        payload = default;
        if (Error != NbdError.None)
            return structured ? NbdReply.WriteError(wire, Asked.Cookie, Error, Reason) : NbdReply.WriteSimple(wire, Asked.Cookie, Error);
        if (Asked.Command == NbdCommand.NBD_CMD_BLOCK_STATUS)
        {
            payload = Buffer.Slice(0, Extents * NbdReply.ExtentSize);
            return NbdReply.WriteBlockStatus(wire, Asked.Cookie, Extents);
        }
        if (Asked.Command != NbdCommand.NBD_CMD_READ)
            return NbdReply.WriteSimple(wire, Asked.Cookie, NbdError.None);
        payload = Buffer;
        return structured
            ? NbdReply.WriteOffsetData(wire, Asked.Cookie, Asked.Offset, Asked.Length)
            : NbdReply.WriteSimple(wire, Asked.Cookie, NbdError.None);
    }

    /// <summary>The extents from the start of the range to its end; what the last one says beyond that is not passed on.</summary>
    private void Describe(ExtentList extents)
    {
        long rest = Asked.Length;
        for (int i = 0; i < extents.Count && rest > 0; i++)
        {
            Extent extent = extents[i];
            long length = Math.Min(extent.Length, rest);
            NbdReply.WriteExtent(Buffer.Span[(i * NbdReply.ExtentSize)..], (uint)length, (uint)extent.State);
            rest -= length;
            Extents++;
        }
    }

    private void DescribeAsData()
    {
        NbdReply.WriteExtent(Buffer.Span, Asked.Length, (uint)ExtentStates.Data);
        Extents = 1;
    }
}
