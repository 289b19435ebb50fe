using Tapvisor.Messages.Nbd;

namespace Tapvisor.ImageDrivers.Nbd;

/// <summary>What a server said of its export.</summary>
/// <param name="Length">Bytes; not checked.</param>
/// <param name="Flags">What it can do.</param>
/// <param name="MinimumBlock">Bytes that requests must be multiples of; a power of two.</param>
/// <param name="MaximumTransfer">Bytes of data that one request may have.</param>
internal sealed record NbdTerms(ulong Length, NbdTransmissionFlags Flags, int MinimumBlock, int MaximumTransfer)
{
    /// <summary>A server without <see cref="NbdTransmissionFlags.NBD_FLAG_HAS_FLAGS"/> can nothing, whatever else it says.</summary>
    internal bool Has(NbdTransmissionFlags flag) =>
        (Flags & (flag | NbdTransmissionFlags.NBD_FLAG_HAS_FLAGS)) == (flag | NbdTransmissionFlags.NBD_FLAG_HAS_FLAGS);
}
