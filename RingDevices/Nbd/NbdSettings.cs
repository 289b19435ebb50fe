using Tapvisor.Messages.Nbd;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>What a client and its server agreed on; made by one handshake and gone with it.</summary>
/// <param name="Export">The disk as promised.</param>
/// <param name="IsStructured">Reads and errors are answered by structured replies.</param>
/// <param name="HasContext">base:allocation was selected for the export in use.</param>
internal sealed record NbdSettings(NbdExport Export, bool IsStructured = false, bool HasContext = false)
{
    /// <summary>Writes are refused.</summary>
    internal bool IsReadOnly => Has(NbdTransmissionFlags.NBD_FLAG_READ_ONLY);

    /// <summary>The flags that the client is told, those of the negotiation included.</summary>
    internal NbdTransmissionFlags Flags =>
        IsStructured ? Export.Flags | NbdTransmissionFlags.NBD_FLAG_SEND_DF : Export.Flags;

    internal bool Has(NbdTransmissionFlags flag) => (Flags & flag) != 0;
}
