using Tapvisor.Messages.Nbd;
using Tapvisor.RingDevices.Nbd.Wire;

namespace Tapvisor.RingDevices.Nbd.Handshake;

/// <summary>
/// One client's option haggling. It knows bytes only, not sockets, and belongs to one handshake: no state outlives it or is shared.
/// </summary>
/// <param name="export">The disk as promised to this client.</param>
/// <param name="zeroes">The client wants 124 zeroes after NBD_OPT_EXPORT_NAME.</param>
internal sealed class NbdNegotiation(NbdExport export, bool zeroes)
{
    private bool _structured;

    // The export name for which base:allocation was selected; null while it is not.
    private byte[]? _contextFor;

    /// <summary>What was agreed; valid once a step leads to <see cref="NbdStep.Transmission"/>.</summary>
    internal NbdSettings Settings { get; private set; } = new(export);

    /// <summary>Why the connection ends, for the log; null when the client asked for it.</summary>
    internal string? Complaint { get; private set; }

    /// <summary>Answers one option.</summary>
    /// <param name="option">What the client asks for; perhaps nothing that exists.</param>
    /// <param name="data">All of its data.</param>
    /// <param name="reply">Receives the replies.</param>
    /// <param name="length">Bytes written to <paramref name="reply"/>.</param>
    internal NbdStep Answer(NbdOption option, ReadOnlySpan<byte> data, Span<byte> reply, out int length)
    {
        if (option == NbdOption.NBD_OPT_EXPORT_NAME)
            return ExportName(data, reply, out length);
        var writer = new NbdOptionWriter(reply, option);
        var step = NbdStep.Option;
        switch (option)
        {
            case NbdOption.NBD_OPT_ABORT:
                writer.Acknowledge();
                step = NbdStep.Close;
                break;
            case NbdOption.NBD_OPT_LIST:
                List(data, ref writer);
                break;
            case NbdOption.NBD_OPT_INFO:
                Info(data, ref writer, out _);
                break;
            case NbdOption.NBD_OPT_GO:
                if (Info(data, ref writer, out ReadOnlySpan<byte> name))
                    step = Agree(name);
                break;
            case NbdOption.NBD_OPT_STRUCTURED_REPLY:
                StructuredReply(data, ref writer);
                break;
            case NbdOption.NBD_OPT_LIST_META_CONTEXT:
                MetaContext(data, ref writer, select: false);
                break;
            case NbdOption.NBD_OPT_SET_META_CONTEXT:
                MetaContext(data, ref writer, select: true);
                break;
            default:
                writer.Refuse(NbdOptionReply.NBD_REP_ERR_UNSUP, "The option is not supported.");
                break;
        }
        length = writer.Length;
        return step;
    }

    /// <summary>The reply to an option whose data was too long to be kept and has been thrown away.</summary>
    internal static int RefuseTooBig(NbdOption option, Span<byte> reply)
    {
        var writer = new NbdOptionWriter(reply, option);
        writer.Refuse(NbdOptionReply.NBD_REP_ERR_TOO_BIG, "The option's data is too long.");
        return writer.Length;
    }

    private static void List(ReadOnlySpan<byte> data, ref NbdOptionWriter writer)
    {
        if (!data.IsEmpty)
        {
            writer.Refuse(NbdOptionReply.NBD_REP_ERR_INVALID, "NBD_OPT_LIST takes no data.");
            return;
        }
        writer.Server(NbdExport.Name);
        writer.Acknowledge();
    }

    private NbdStep ExportName(ReadOnlySpan<byte> name, Span<byte> reply, out int length)
    {
        length = 0;
        if (name.Length > NbdMagic.MaxStringLength)
        {
            // This option has no error reply.
            Complaint = $"The export name has {name.Length} bytes; at most {NbdMagic.MaxStringLength} are allowed.";
            return NbdStep.Close;
        }
        NbdStep step = Agree(name);
        length = NbdGreeting.WriteExportName(reply, export.Length, Settings.Flags, zeroes);
        return step;
    }

    private NbdStep Agree(ReadOnlySpan<byte> name)
    {
        Settings = new NbdSettings(export, _structured, _contextFor is not null && name.SequenceEqual(_contextFor));
        return NbdStep.Transmission;
    }

    private bool Info(ReadOnlySpan<byte> data, ref NbdOptionWriter writer, out ReadOnlySpan<byte> name)
    {
        var reader = new NbdOptionReader(data);
        bool wantsName = false;
        bool wantsDescription = false;
        bool valid = reader.TryReadString(out name) & reader.TryReadUInt16(out ushort requests);
        for (int i = 0; valid && i < requests; i++)
        {
            valid = reader.TryReadUInt16(out ushort kind);
            wantsName |= kind == (ushort)NbdInfo.NBD_INFO_NAME;
            wantsDescription |= kind == (ushort)NbdInfo.NBD_INFO_DESCRIPTION;
        }
        if (!valid || !reader.IsExhausted)
        {
            writer.Refuse(NbdOptionReply.NBD_REP_ERR_INVALID, "The lengths in the option's data do not add up.");
            return false;
        }
        if (name.Length > NbdMagic.MaxStringLength)
        {
            writer.Refuse(NbdOptionReply.NBD_REP_ERR_TOO_BIG, "The export name is too long.");
            return false;
        }
        writer.Export(export.Length, new NbdSettings(export, _structured).Flags);
        writer.BlockSize(export.MinimumBlockSize, export.PreferredBlockSize, export.MaximumBlockSize);
        if (wantsName)
            writer.Text(NbdInfo.NBD_INFO_NAME, NbdExport.Name);
        if (wantsDescription)
            writer.Text(NbdInfo.NBD_INFO_DESCRIPTION, export.Description);
        writer.Acknowledge();
        return true;
    }

    private void StructuredReply(ReadOnlySpan<byte> data, ref NbdOptionWriter writer)
    {
        if (!data.IsEmpty)
        {
            writer.Refuse(NbdOptionReply.NBD_REP_ERR_INVALID, "NBD_OPT_STRUCTURED_REPLY takes no data.");
            return;
        }
        _structured = true;
        writer.Acknowledge();
    }

    private void MetaContext(ReadOnlySpan<byte> data, ref NbdOptionWriter writer, bool select)
    {
        // Whatever becomes of this request, an earlier selection is void.
        if (select)
            _contextFor = null;
        if (!_structured)
        {
            writer.Refuse(NbdOptionReply.NBD_REP_ERR_INVALID, "Meta contexts need structured replies: ask for those first.");
            return;
        }
        var reader = new NbdOptionReader(data);
        bool valid = reader.TryReadString(out ReadOnlySpan<byte> name) & reader.TryReadUInt32(out uint queries);
        bool found = !select && queries == 0;
        for (uint i = 0; valid && i < queries; i++)
        {
            valid = reader.TryReadString(out ReadOnlySpan<byte> query);
            found |= Matches(query, wildcard: !select);
        }
        if (!valid || !reader.IsExhausted)
        {
            writer.Refuse(NbdOptionReply.NBD_REP_ERR_INVALID, "The lengths in the option's data do not add up.");
            return;
        }
        if (name.Length > NbdMagic.MaxStringLength)
        {
            writer.Refuse(NbdOptionReply.NBD_REP_ERR_TOO_BIG, "The export name is too long.");
            return;
        }
        if (found)
            writer.MetaContext(select ? NbdMagic.BaseAllocationId : 0, NbdMagic.BaseAllocation);
        if (found && select)
            _contextFor = name.ToArray();
        writer.Acknowledge();
    }

    private static bool Matches(ReadOnlySpan<byte> query, bool wildcard) =>
        query.SequenceEqual("base:allocation"u8) || (wildcard && query.SequenceEqual("base:"u8));
}
