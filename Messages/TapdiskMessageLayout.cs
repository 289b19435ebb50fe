namespace Tapvisor.Messages;

/// <summary>
/// Offsets and sizes, in bytes from the start of the message, of struct tapdisk_message (include/tapdisk-message.h) on a 64-bit host.
/// Integers are in host byte order, which is little endian wherever Xen runs.
/// </summary>
public static class TapdiskMessageLayout
{
    public const int MessageLength = 544;

    /// <summary>Every string field of the message, NUL included.</summary>
    public const int StringLength = 256;

    public const int Type = 0;
    public const int Cookie = 2;

    /// <summary>Start of the union.</summary>
    public const int Body = 8;

    public const int TapdiskPid = Body;

    public const int ParamsFlags = Body;
    public const int ParamsDevnum = 12;
    public const int ParamsDomid = 16;
    public const int ParamsPath = 20;
    public const int ParamsPrtDevnum = 276;
    public const int ParamsReqTimeout = 280;
    public const int ParamsSecondary = 282;

    public const int ImageSectors = Body;
    public const int ImageSectorSize = 16;
    public const int ImageInfo = 20;

    public const int ResponseError = Body;
    public const int ResponseMessage = 12;

    public const int ListCount = Body;
    public const int ListMinor = 12;
    public const int ListState = 16;
    public const int ListPath = 20;

    public const int StatLength = 16;

    public const int BlkifDomid = Body;
    public const int BlkifDevid = 12;
    public const int BlkifGref = 16;
    public const int BlkifGrefCount = 8;
    public const int BlkifOrder = 48;
    public const int BlkifProto = 52;
    public const int BlkifPool = 56;
    public const int BlkifPort = 312;
    public const int BlkifPollDuration = 316;
    public const int BlkifPollIdleThreshold = 320;

    public const int StringText = Body;

    public const int MinorsCount = Body;
    public const int MinorsList = 12;
    public const int MinorsMax = 63;

    /// <summary>Fields of TAPVISOR_MESSAGE_INJECT, 32 bits each.</summary>
    public const int InjectKind = Body;
    public const int InjectOperation = 12;
    public const int InjectArgument = 16;
    public const int InjectCount = 20;

    /// <summary>Follows OPEN and RESUME with ADD_LOG: a NUL-terminated path and padding.</summary>
    public const int LogPathLength = 256;

    /// <summary>Upstream's limit (drivers/tapdisk-control.c, tapdisk_control_open_image); tap-ctl sends 32 or 64.</summary>
    public const int MaxKeyLength = 128;

    /// <summary>The longest request: an encrypted OPEN with a log.</summary>
    public const int MaxRequestLength = MessageLength + LogPathLength + 1 + MaxKeyLength;

    /// <summary>Statistics text a client accepts: far above what any VBD has, far below what would hurt.</summary>
    public const int MaxStatsLength = 16 * 1024 * 1024;

    /// <summary>STATS and LIST send this cookie for "all".</summary>
    public const ushort AllMinors = 0xFFFF;
}
