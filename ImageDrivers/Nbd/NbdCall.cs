using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Messages.Nbd;

namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>One request on its way to a server and back; reused.</summary>
/// <param name="slot">Its place among those of its connection.</param>
/// <param name="header">Where its fixed part is written.</param>
internal sealed class NbdCall(int slot, IoBuffer header)
{
    // Above the slot, so that a reply that comes twice does not meet the slot's next request.
    private const int SerialShift = 16;

    private ulong _serial;

    /// <summary>The fixed part, as it is sent.</summary>
    internal IoBuffer Header => header;

    /// <summary>What is sent behind it, or received behind the reply.</summary>
    internal IoBuffer Data { get; private set; }

    internal NbdCommand Command { get; private set; }

    /// <summary>The name under which the server answers.</summary>
    internal ulong Cookie => (_serial << SerialShift) | (uint)slot;

    /// <summary>Somebody waits for it.</summary>
    internal bool IsOpen { get; set; }

    /// <summary>The server may have seen it.</summary>
    internal bool IsSending { get; set; }

    /// <summary>The kernel has all of it: its data is not looked at any more.</summary>
    internal bool IsSent { get; set; }

    /// <summary>The server has answered.</summary>
    internal bool IsAnswered { get; set; }

    /// <summary>The connection failed first.</summary>
    internal bool IsLost { get; set; }

    /// <summary>0 or a negative errno, once it is answered.</summary>
    internal int Result { get; set; }

    /// <summary>Set when whoever asked can have its data back.</summary>
    internal IoPromise<int> Ended { get; } = new();

    /// <summary>The slot in a cookie.</summary>
    internal static int SlotOf(ulong cookie) => (int)(cookie & ((1 << SerialShift) - 1));

    internal void Begin(NbdCommand command, NbdCommandFlags flags, long offset, int length, IoBuffer data)
    {
        _serial++;
        (Command, Data, Result) = (command, data, 0);
        IsOpen = true;
        IsSending = IsSent = IsAnswered = IsLost = false;
        new NbdRequest(flags, command, Cookie, (ulong)offset, (uint)length).Write(header.Span);
    }
}
