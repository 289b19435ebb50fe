namespace Tapvisor.Messages;

/// <summary>params.flags of OPEN and RESUME: include/tapdisk-message.h, TAPDISK_MESSAGE_FLAG_*.</summary>
[Flags]
public enum TapdiskMessageFlags : uint
{
    None = 0,
    TAPDISK_MESSAGE_FLAG_SHARED = 0x001,
    TAPDISK_MESSAGE_FLAG_RDONLY = 0x002,
    TAPDISK_MESSAGE_FLAG_ADD_CACHE = 0x004,
    TAPDISK_MESSAGE_FLAG_VHD_INDEX = 0x008,

    /// <summary>256 bytes with the path of a changed-block log follow the message.</summary>
    TAPDISK_MESSAGE_FLAG_ADD_LOG = 0x010,
    TAPDISK_MESSAGE_FLAG_ADD_LCACHE = 0x020,
    TAPDISK_MESSAGE_FLAG_REUSE_PRT = 0x040,
    TAPDISK_MESSAGE_FLAG_SECONDARY = 0x080,
    TAPDISK_MESSAGE_FLAG_STANDBY = 0x100,
    TAPDISK_MESSAGE_FLAG_NO_O_DIRECT = 0x200,

    /// <summary>OPEN only: one byte with the key's length in octets and the key follow the message and the log path.</summary>
    TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED = 0x400,
}
