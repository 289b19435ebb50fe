using System.Buffers.Binary;
using System.Text;
using static Tapvisor.Messages.TapdiskMessageLayout;

namespace Tapvisor.Messages;

/// <summary>Writes a message and what follows it into zeroed bytes of the right length.</summary>
internal static class TapdiskMessageEncoder
{
    public static void Write(Span<byte> bytes, TapdiskMessage message)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[TapdiskMessageLayout.Type..], (ushort)message.Type);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[Cookie..], message.Cookie);
        switch (message)
        {
            case TapdiskRequest.Open open:
                WriteParams(bytes, open.Params, open.LogPath);
                if (TapdiskMessageCodec.HasKey(open))
                    WriteKey(bytes[(MessageLength + TapdiskMessageCodec.LogLength(open.Params))..], open.Key!);
                break;
            case TapdiskRequest.Resume resume:
                WriteParams(bytes, resume.Params, resume.LogPath);
                break;
            case TapdiskRequest.XenBlkifConnect connect:
                WriteBlkif(bytes, connect.Blkif);
                break;
            case TapdiskRequest.XenBlkifDisconnect disconnect:
                Put(bytes, BlkifDomid, disconnect.DomId);
                Put(bytes, BlkifDevid, disconnect.DevId);
                break;
            case TapdiskRequest.Inject inject:
                Put(bytes, InjectKind, (uint)inject.Kind);
                Put(bytes, InjectOperation, (uint)inject.Operation);
                Put(bytes, InjectArgument, inject.Argument);
                Put(bytes, InjectCount, inject.Count);
                break;
            case TapdiskResponse.Error error:
                Put(bytes, ResponseError, (uint)error.Errno);
                WireString.WriteCut(bytes.Slice(ResponseMessage, StringLength), error.Text);
                break;
            case TapdiskResponse.RuntimeError error:
                WireString.WriteCut(bytes.Slice(StringText, StringLength), error.Text);
                break;
            case TapdiskResponse.Pid pid:
                Put(bytes, TapdiskPid, (uint)pid.TapdiskPid);
                break;
            case TapdiskResponse.Open open:
                WriteImage(bytes, open.Image);
                break;
            case TapdiskResponse.DiskInfo info:
                WriteImage(bytes, info.Image);
                break;
            case TapdiskResponse.List list:
                Put(bytes, ListCount, (uint)list.Count);
                Put(bytes, ListMinor, (uint)list.Minor);
                Put(bytes, ListState, (uint)list.State);
                WireString.WriteCut(bytes.Slice(ListPath, StringLength), list.Path);
                break;
            case TapdiskResponse.ListMinors minors:
                WriteMinors(bytes, minors.Minors);
                break;
            case TapdiskResponse.Stats stats:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes[StatLength..], (ulong)(bytes.Length - MessageLength));
                Encoding.UTF8.GetBytes(stats.Json, bytes[MessageLength..]);
                break;
        }
    }

    private static void WriteParams(Span<byte> bytes, TapdiskParams parameters, string logPath)
    {
        Put(bytes, ParamsFlags, (uint)parameters.Flags);
        Put(bytes, ParamsDevnum, parameters.DevNum);
        Put(bytes, ParamsDomid, parameters.DomId);
        WireString.Write(bytes.Slice(ParamsPath, StringLength), parameters.Path, "the image's type:path");
        Put(bytes, ParamsPrtDevnum, (uint)parameters.ParentMinor);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[ParamsReqTimeout..], parameters.RequestTimeout);
        WireString.Write(bytes.Slice(ParamsSecondary, StringLength), parameters.Secondary, "the secondary image's type:path");
        if (TapdiskMessageCodec.LogLength(parameters) > 0)
            WireString.Write(bytes.Slice(MessageLength, LogPathLength), logPath, "the log's path");
    }

    private static void WriteKey(Span<byte> bytes, EncryptionKey key)
    {
        bytes[0] = (byte)key.Bytes.Length;
        key.Bytes.CopyTo(bytes[1..]);
    }

    private static void WriteBlkif(Span<byte> bytes, TapdiskBlkif blkif)
    {
        Put(bytes, BlkifDomid, blkif.DomId);
        Put(bytes, BlkifDevid, blkif.DevId);
        for (int i = 0; i < BlkifGrefCount; i++)
            Put(bytes, BlkifGref + i * sizeof(uint), blkif.Grefs[i]);
        Put(bytes, BlkifOrder, blkif.Order);
        Put(bytes, BlkifProto, blkif.Proto);
        WireString.Write(bytes.Slice(BlkifPool, StringLength), blkif.Pool, "the pool's name");
        Put(bytes, BlkifPort, blkif.Port);
        Put(bytes, BlkifPollDuration, blkif.PollDuration);
        Put(bytes, BlkifPollIdleThreshold, blkif.PollIdleThreshold);
    }

    private static void WriteImage(Span<byte> bytes, TapdiskImage image)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[ImageSectors..], image.Sectors);
        Put(bytes, ImageSectorSize, image.SectorSize);
        Put(bytes, ImageInfo, image.Info);
    }

    private static void WriteMinors(Span<byte> bytes, IReadOnlyList<int> minors)
    {
        if (minors.Count > MinorsMax)
            throw new ControlException(Native.Errno.EINVAL, $"a message holds {MinorsMax} minors, not {minors.Count}");
        Put(bytes, MinorsCount, (uint)minors.Count);
        for (int i = 0; i < minors.Count; i++)
            Put(bytes, MinorsList + i * sizeof(int), (uint)minors[i]);
    }

    private static void Put(Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);
}
