namespace Tapvisor.RingDevices.Nbd.Wire;

/// <summary>Magic numbers and sizes of the NBD protocol (NetworkBlockDevice/nbd doc/proto.md); all is big-endian.</summary>
internal static class NbdMagic
{
    /// <summary>First word of either greeting: "NBDMAGIC".</summary>
    internal const ulong NBD_MAGIC = 0x4e42444d41474943;

    /// <summary>Second word of the newstyle greeting, and first of each option: "IHAVEOPT".</summary>
    internal const ulong IHAVEOPT = 0x49484156454F5054;

    /// <summary>Second word of the oldstyle greeting (cliserv_magic).</summary>
    internal const ulong NBD_OLDSTYLE_MAGIC = 0x00420281861253;

    /// <summary>First word of a reply to an option.</summary>
    internal const ulong NBD_OPTION_REPLY_MAGIC = 0x3e889045565a9;

    internal const uint NBD_REQUEST_MAGIC = 0x25609513;
    internal const uint NBD_SIMPLE_REPLY_MAGIC = 0x67446698;
    internal const uint NBD_STRUCTURED_REPLY_MAGIC = 0x668e33ef;

    /// <summary>Bytes of the newstyle greeting: two magic words and the handshake flags.</summary>
    internal const int NewstyleGreetingSize = 18;

    /// <summary>Bytes of the oldstyle greeting: two magic words, size, flags, 124 zeroes.</summary>
    internal const int OldstyleGreetingSize = 152;

    /// <summary>Bytes of the client's flags.</summary>
    internal const int ClientFlagsSize = 4;

    /// <summary>Bytes before an option's data: magic, option, length.</summary>
    internal const int OptionHeaderSize = 16;

    /// <summary>Bytes before an option reply's data: magic, option, type, length.</summary>
    internal const int OptionReplyHeaderSize = 20;

    /// <summary>Zeroes after the answer to NBD_OPT_EXPORT_NAME, and at the end of the oldstyle greeting.</summary>
    internal const int ReservedZeroes = 124;

    /// <summary>Bytes of a request before its payload: magic, flags, type, cookie, offset, length.</summary>
    internal const int RequestSize = 28;

    /// <summary>Bytes of a simple reply before its payload: magic, error, cookie.</summary>
    internal const int SimpleReplySize = 16;

    /// <summary>Bytes of a chunk before its payload: magic, flags, type, cookie, length.</summary>
    internal const int ChunkHeaderSize = 20;

    /// <summary>Longest string of the protocol, in bytes: names, descriptions, error messages.</summary>
    internal const int MaxStringLength = 4096;

    /// <summary>Longest data of an option that is looked at, in bytes: room for a name and many queries.</summary>
    internal const int MaxOptionData = 64 << 10;

    /// <summary>The one context there is.</summary>
    internal const string BaseAllocation = "base:allocation";

    /// <summary>The id under which base:allocation is announced and answered (upstream's number).</summary>
    internal const uint BaseAllocationId = 1;
}
