using Tapvisor.Messages.Nbd;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>
/// The one gate that every request of a client passes, in the order command, flags, negotiated features, length and range, rights
/// (after nbdkit's server/protocol.c). The queue checks again what may have changed since the handshake.
/// </summary>
internal static class NbdGate
{
    private const NbdCommandFlags Fua = NbdCommandFlags.NBD_CMD_FLAG_FUA;

    private static readonly NbdRefusal s_command = Invalid("There is no such command.");
    private static readonly NbdRefusal s_flags = Invalid("The command does not take these flags.");
    private static readonly NbdRefusal s_fua = Invalid("NBD_CMD_FLAG_FUA was not offered.");
    private static readonly NbdRefusal s_df = Invalid("NBD_CMD_FLAG_DF needs structured replies, which were not negotiated.");
    private static readonly NbdRefusal s_trim = Invalid("NBD_CMD_TRIM was not offered: the image cannot discard.");
    private static readonly NbdRefusal s_zeroes = Invalid("NBD_CMD_WRITE_ZEROES was not offered: the image cannot write zeroes.");
    private static readonly NbdRefusal s_context =
        Invalid("NBD_CMD_BLOCK_STATUS needs the context base:allocation, which was not negotiated.");
    private static readonly NbdRefusal s_flush = Invalid("NBD_CMD_FLUSH takes neither offset nor length.");
    private static readonly NbdRefusal s_empty = Invalid("The length is zero.");
    private static readonly NbdRefusal s_size = Invalid("The length is above the maximum block size.");
    private static readonly NbdRefusal s_unfragmented =
        new(NbdError.NBD_EOVERFLOW, "The length is above the maximum block size and must not be split.");

    private static readonly NbdRefusal s_range = Invalid("The range reaches beyond the end of the disk.");
    private static readonly NbdRefusal s_space = new(NbdError.NBD_ENOSPC, "The range reaches beyond the end of the disk.");
    private static readonly NbdRefusal s_alignment = Invalid("Offset or length is not a multiple of the minimum block size.");
    private static readonly NbdRefusal s_readOnly = new(NbdError.NBD_EPERM, "The disk is read-only.");

    /// <summary>Null when the request may go to the disk.</summary>
    internal static NbdRefusal? Check(in NbdRequest request, NbdSettings settings) =>
        CheckFlags(request, settings)
        ?? CheckFeatures(request, settings)
        ?? CheckRange(request, settings)
        ?? CheckRights(request, settings);

    private static NbdRefusal? CheckFlags(in NbdRequest request, NbdSettings settings)
    {
        NbdCommandFlags allowed;
        switch (request.Command)
        {
            case NbdCommand.NBD_CMD_READ:
                allowed = Fua | NbdCommandFlags.NBD_CMD_FLAG_DF;
                break;
            case NbdCommand.NBD_CMD_WRITE:
            case NbdCommand.NBD_CMD_FLUSH:
            case NbdCommand.NBD_CMD_TRIM:
                allowed = Fua;
                break;
            case NbdCommand.NBD_CMD_WRITE_ZEROES:
                allowed = Fua | NbdCommandFlags.NBD_CMD_FLAG_NO_HOLE | NbdCommandFlags.NBD_CMD_FLAG_FAST_ZERO;
                break;
            case NbdCommand.NBD_CMD_BLOCK_STATUS:
                allowed = Fua | NbdCommandFlags.NBD_CMD_FLAG_REQ_ONE;
                break;
            default:
                return s_command;
        }
        if ((request.Flags & ~allowed) != 0)
            return s_flags;
        return request.Has(Fua) && !settings.Has(NbdTransmissionFlags.NBD_FLAG_SEND_FUA) && !settings.IsReadOnly ? s_fua : null;
    }

    private static NbdRefusal? CheckFeatures(in NbdRequest request, NbdSettings settings) => request.Command switch
    {
        NbdCommand.NBD_CMD_READ when request.Has(NbdCommandFlags.NBD_CMD_FLAG_DF) && !settings.IsStructured => s_df,
        NbdCommand.NBD_CMD_BLOCK_STATUS when !settings.HasContext => s_context,

        // On a read-only disk these two are refused for that reason, further down.
        NbdCommand.NBD_CMD_TRIM when !settings.IsReadOnly && !settings.Has(NbdTransmissionFlags.NBD_FLAG_SEND_TRIM) => s_trim,
        NbdCommand.NBD_CMD_WRITE_ZEROES
            when !settings.IsReadOnly && !settings.Has(NbdTransmissionFlags.NBD_FLAG_SEND_WRITE_ZEROES) => s_zeroes,
        _ => null,
    };

    private static NbdRefusal? CheckRange(in NbdRequest request, NbdSettings settings)
    {
        if (request.Command == NbdCommand.NBD_CMD_FLUSH)
            return (request.Offset | request.Length) == 0 ? null : s_flush;
        if (request.Length == 0)
            return s_empty;
        if (request.Length > settings.Export.MaximumBlockSize && request.Command is NbdCommand.NBD_CMD_READ or NbdCommand.NBD_CMD_WRITE)
            return request.Has(NbdCommandFlags.NBD_CMD_FLAG_DF) ? s_unfragmented : s_size;
        var length = (ulong)settings.Export.Length;
        if (request.Offset > length || request.Length > length - request.Offset)
            return request.Command is NbdCommand.NBD_CMD_WRITE or NbdCommand.NBD_CMD_WRITE_ZEROES ? s_space : s_range;
        return ((request.Offset | request.Length) & (ulong)(settings.Export.MinimumBlockSize - 1)) == 0 ? null : s_alignment;
    }

    private static NbdRefusal? CheckRights(in NbdRequest request, NbdSettings settings) =>
        settings.IsReadOnly
        && request.Command is NbdCommand.NBD_CMD_WRITE or NbdCommand.NBD_CMD_TRIM or NbdCommand.NBD_CMD_WRITE_ZEROES ? s_readOnly : null;

    private static NbdRefusal Invalid(string reason) => new(NbdError.NBD_EINVAL, reason);
}
