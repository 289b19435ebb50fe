using System.Runtime.InteropServices;

namespace Tapvisor.XenStore.Wire;

/// <summary>One message, either way: four u32 in the host's byte order (type, request, transaction, length), then the payload.</summary>
internal sealed record XenStoreMessage(XenStoreMessageType Type, uint RequestId, uint TransactionId, byte[] Payload)
{
    internal byte[] Encode()
    {
        byte[] bytes = new byte[XenStoreLimits.Header + Payload.Length];
        Span<uint> header = MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(0, XenStoreLimits.Header));
        header[0] = (uint)Type;
        header[1] = RequestId;
        header[2] = TransactionId;
        header[3] = (uint)Payload.Length;
        Payload.CopyTo(bytes, XenStoreLimits.Header);
        return bytes;
    }
}
