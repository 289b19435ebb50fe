using System.Buffers.Binary;
using System.Text;
using Tapvisor.Native;
using static Tapvisor.Messages.TapdiskMessageLayout;
using static Tapvisor.Messages.TapdiskMessageType;

namespace Tapvisor.Messages;

/// <summary>Reads messages whose length has been checked.</summary>
internal static class TapdiskMessageDecoder
{
    public static TapdiskRequest ReadRequest(ReadOnlySpan<byte> bytes)
    {
        TapdiskMessageType type = TapdiskMessageCodec.ReadType(bytes);
        ushort cookie = BinaryPrimitives.ReadUInt16LittleEndian(bytes[Cookie..]);
        switch (type)
        {
            case TAPDISK_MESSAGE_PID:
                return new TapdiskRequest.Pid(cookie);
            case TAPDISK_MESSAGE_ATTACH:
                return new TapdiskRequest.Attach(cookie);
            case TAPDISK_MESSAGE_DETACH:
                return new TapdiskRequest.Detach(cookie);
            case TAPDISK_MESSAGE_OPEN:
            {
                TapdiskParams parameters = ReadParams(bytes);
                return new TapdiskRequest.Open(cookie, parameters, ReadLogPath(bytes, parameters), ReadKey(bytes, parameters));
            }

            case TAPDISK_MESSAGE_CLOSE:
                return new TapdiskRequest.Close(cookie);
            case TAPDISK_MESSAGE_FORCE_SHUTDOWN:
                return new TapdiskRequest.ForceShutdown(cookie);
            case TAPDISK_MESSAGE_PAUSE:
                return new TapdiskRequest.Pause(cookie);
            case TAPDISK_MESSAGE_RESUME:
            {
                TapdiskParams parameters = ReadParams(bytes);
                return new TapdiskRequest.Resume(cookie, parameters, ReadLogPath(bytes, parameters));
            }

            case TAPDISK_MESSAGE_LIST:
                return new TapdiskRequest.List(cookie);
            case TAPDISK_MESSAGE_STATS:
                return new TapdiskRequest.Stats(cookie);
            case TAPDISK_MESSAGE_XENBLKIF_CONNECT:
                return new TapdiskRequest.XenBlkifConnect(cookie, ReadBlkif(bytes));
            case TAPDISK_MESSAGE_XENBLKIF_DISCONNECT:
                return new TapdiskRequest.XenBlkifDisconnect(cookie, Get(bytes, BlkifDomid), Get(bytes, BlkifDevid));
            case TAPDISK_MESSAGE_DISK_INFO:
                return new TapdiskRequest.DiskInfo(cookie);
            case TAPDISK_MESSAGE_LIST_MINORS:
                return new TapdiskRequest.ListMinors(cookie);
            case TAPDISK_MESSAGE_EXIT:
                return new TapdiskRequest.Exit(cookie);
            case TAPVISOR_MESSAGE_INJECT:
                return ReadInject(bytes, cookie);
            default:
                throw new ControlException(Errno.EINVAL, $"message type {(ushort)type} ({type.Describe()}) is not a request");
        }
    }

    public static TapdiskResponse ReadResponse(ReadOnlySpan<byte> bytes)
    {
        TapdiskMessageType type = TapdiskMessageCodec.ReadType(bytes);
        ushort cookie = BinaryPrimitives.ReadUInt16LittleEndian(bytes[Cookie..]);
        return type switch
        {
            TAPDISK_MESSAGE_ERROR => new TapdiskResponse.Error(
                cookie, (int)Get(bytes, ResponseError), WireString.ReadCut(bytes.Slice(ResponseMessage, StringLength))),
            TAPDISK_MESSAGE_RUNTIME_ERROR =>
                new TapdiskResponse.RuntimeError(cookie, WireString.ReadCut(bytes.Slice(StringText, StringLength))),
            TAPDISK_MESSAGE_PID_RSP => new TapdiskResponse.Pid(cookie, (int)Get(bytes, TapdiskPid)),
            TAPDISK_MESSAGE_ATTACH_RSP => new TapdiskResponse.Attach(cookie),
            TAPDISK_MESSAGE_DETACH_RSP => new TapdiskResponse.Detach(cookie),
            TAPDISK_MESSAGE_OPEN_RSP => new TapdiskResponse.Open(cookie, ReadImage(bytes)),
            TAPDISK_MESSAGE_CLOSE_RSP => new TapdiskResponse.Close(cookie),
            TAPDISK_MESSAGE_PAUSE_RSP => new TapdiskResponse.Pause(cookie),
            TAPDISK_MESSAGE_RESUME_RSP => new TapdiskResponse.Resume(cookie),
            TAPDISK_MESSAGE_LIST_RSP => new TapdiskResponse.List(
                cookie,
                (int)Get(bytes, ListCount),
                (int)Get(bytes, ListMinor),
                (VbdState)Get(bytes, ListState),
                WireString.ReadCut(bytes.Slice(ListPath, StringLength))),
            TAPDISK_MESSAGE_LIST_MINORS_RSP => new TapdiskResponse.ListMinors(cookie, ReadMinors(bytes)),
            TAPDISK_MESSAGE_STATS_RSP => new TapdiskResponse.Stats(cookie, Encoding.UTF8.GetString(bytes[MessageLength..])),
            TAPDISK_MESSAGE_XENBLKIF_CONNECT_RSP => new TapdiskResponse.XenBlkifConnect(cookie),
            TAPDISK_MESSAGE_XENBLKIF_DISCONNECT_RSP => new TapdiskResponse.XenBlkifDisconnect(cookie),
            TAPDISK_MESSAGE_DISK_INFO_RSP => new TapdiskResponse.DiskInfo(cookie, ReadImage(bytes)),
            TAPVISOR_MESSAGE_INJECT_RSP => new TapdiskResponse.Inject(cookie),
            _ => throw new ControlException(Errno.EPROTO, $"message type {(ushort)type} ({type.Describe()}) is not an answer"),
        };
    }

    private static TapdiskParams ReadParams(ReadOnlySpan<byte> bytes) => new()
    {
        Flags = (TapdiskMessageFlags)Get(bytes, ParamsFlags),
        DevNum = Get(bytes, ParamsDevnum),
        DomId = Get(bytes, ParamsDomid),
        Path = WireString.Read(bytes.Slice(ParamsPath, StringLength), "the image's type:path"),
        ParentMinor = (int)Get(bytes, ParamsPrtDevnum),
        RequestTimeout = BinaryPrimitives.ReadUInt16LittleEndian(bytes[ParamsReqTimeout..]),
        Secondary = WireString.Read(bytes.Slice(ParamsSecondary, StringLength), "the secondary image's type:path"),
    };

    private static string ReadLogPath(ReadOnlySpan<byte> bytes, TapdiskParams parameters) =>
        TapdiskMessageCodec.LogLength(parameters) == 0
            ? ""
            : WireString.Read(bytes.Slice(MessageLength, LogPathLength), "the log's path");

    private static EncryptionKey? ReadKey(ReadOnlySpan<byte> bytes, TapdiskParams parameters) =>
        parameters.Flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED)
            ? new EncryptionKey(bytes[(MessageLength + TapdiskMessageCodec.LogLength(parameters) + 1)..])
            : null;

    private static TapdiskBlkif ReadBlkif(ReadOnlySpan<byte> bytes)
    {
        GrantReferences grefs = default;
        for (int i = 0; i < BlkifGrefCount; i++)
            grefs[i] = Get(bytes, BlkifGref + i * sizeof(uint));
        return new TapdiskBlkif
        {
            DomId = Get(bytes, BlkifDomid),
            DevId = Get(bytes, BlkifDevid),
            Grefs = grefs,
            Order = Get(bytes, BlkifOrder),
            Proto = Get(bytes, BlkifProto),
            Pool = WireString.Read(bytes.Slice(BlkifPool, StringLength), "the pool's name"),
            Port = Get(bytes, BlkifPort),
            PollDuration = Get(bytes, BlkifPollDuration),
            PollIdleThreshold = Get(bytes, BlkifPollIdleThreshold),
        };
    }

    private static TapdiskRequest.Inject ReadInject(ReadOnlySpan<byte> bytes, ushort cookie)
    {
        var kind = (FaultKind)Get(bytes, InjectKind);
        var operation = (FaultOperation)Get(bytes, InjectOperation);
        if (kind > FaultKind.Delay)
            throw new ControlException(Errno.EINVAL, $"fault kind {(uint)kind} is not known");
        if (operation > FaultOperation.Flush)
            throw new ControlException(Errno.EINVAL, $"fault operation {(uint)operation} is not known");
        uint argument = Get(bytes, InjectArgument);
        if (kind == FaultKind.Error && (argument == 0 || argument > Errno.Largest))
            throw new ControlException(Errno.EINVAL, $"{argument} is not an errno to fail with");
        return new TapdiskRequest.Inject(cookie, kind, operation, argument, Get(bytes, InjectCount));
    }

    private static TapdiskImage ReadImage(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[ImageSectors..]), Get(bytes, ImageSectorSize), Get(bytes, ImageInfo));

    private static int[] ReadMinors(ReadOnlySpan<byte> bytes)
    {
        uint count = Get(bytes, MinorsCount);
        if (count > MinorsMax)
            throw new ControlException(Errno.EPROTO, $"a message holds {MinorsMax} minors, not {count}");
        int[] minors = new int[count];
        for (int i = 0; i < minors.Length; i++)
            minors[i] = (int)Get(bytes, MinorsList + i * sizeof(int));
        return minors;
    }

    private static uint Get(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
