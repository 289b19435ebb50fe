namespace Tapvisor.Messages.Nbd;

/// <summary>Magic numbers and sizes of the NBD protocol (NetworkBlockDevice/nbd doc/proto.md); all is big-endian.</summary>
public static class NbdMagic
{
    /// <summary>First word of either greeting: "NBDMAGIC".</summary>
    public const ulong NBD_MAGIC = 0x4e42444d41474943;

    /// <summary>Second word of the newstyle greeting, and first of each option: "IHAVEOPT".</summary>
    public const ulong IHAVEOPT = 0x49484156454F5054;

    /// <summary>Second word of the oldstyle greeting (cliserv_magic).</summary>
    public const ulong NBD_OLDSTYLE_MAGIC = 0x00420281861253;

    /// <summary>First word of a reply to an option.</summary>
    public const ulong NBD_OPTION_REPLY_MAGIC = 0x3e889045565a9;

    public const uint NBD_REQUEST_MAGIC = 0x25609513;
    public const uint NBD_SIMPLE_REPLY_MAGIC = 0x67446698;
    public const uint NBD_STRUCTURED_REPLY_MAGIC = 0x668e33ef;

    /// <summary>Bytes of the newstyle greeting: two magic words and the handshake flags.</summary>
    public const int NewstyleGreetingSize = 18;

    /// <summary>Bytes of the oldstyle greeting: two magic words, size, flags, 124 zeroes.</summary>
    public const int OldstyleGreetingSize = 152;

    /// <summary>Bytes of the client's flags.</summary>
    public const int ClientFlagsSize = 4;

    /// <summary>Bytes before an option's data: magic, option, length.</summary>
    public const int OptionHeaderSize = 16;

    /// <summary>Bytes before an option reply's data: magic, option, type, length.</summary>
    public const int OptionReplyHeaderSize = 20;

    /// <summary>Bytes of the answer to NBD_OPT_EXPORT_NAME: size, flags.</summary>
    public const int ExportSize = 10;

    /// <summary>Zeroes after the answer to NBD_OPT_EXPORT_NAME, and at the end of the oldstyle greeting.</summary>
    public const int ReservedZeroes = 124;

    /// <summary>Bytes of a request before its payload: magic, flags, type, cookie, offset, length.</summary>
    public const int RequestSize = 28;

    /// <summary>Bytes of a simple reply before its payload: magic, error, cookie.</summary>
    public const int SimpleReplySize = 16;

    /// <summary>Bytes of a chunk before its payload: magic, flags, type, cookie, length.</summary>
    public const int ChunkHeaderSize = 20;

    /// <summary>Longest string of the protocol, in bytes: names, descriptions, error messages.</summary>
    public const int MaxStringLength = 4096;

    /// <summary>Longest data of an option that is looked at, in bytes: room for a name and many queries.</summary>
    public const int MaxOptionData = 64 << 10;

    /// <summary>The one context there is.</summary>
    public const string BaseAllocation = "base:allocation";

    /// <summary>The id under which base:allocation is announced and answered (upstream's number).</summary>
    public const uint BaseAllocationId = 1;
}
