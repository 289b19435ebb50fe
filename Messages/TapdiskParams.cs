namespace Tapvisor.Messages;

/// <summary>struct tapdisk_message_params: what OPEN opens and what RESUME opens instead.</summary>
public sealed record TapdiskParams
{
    /// <summary>prt_devnum when there is no parent tapdisk.</summary>
    public const int NoParent = -1;

    public TapdiskMessageFlags Flags { get; init; }

    /// <summary>The minor once more; informational.</summary>
    public uint DevNum { get; init; }

    /// <summary>Unused by both sides.</summary>
    public uint DomId { get; init; }

    /// <summary>type:path, at most 255 bytes of UTF-8.</summary>
    public string Path { get; init; } = "";

    /// <summary>
    /// Minor of the tapdisk that serves the parent chain, negative for none. Upstream goes by this value alone, not by REUSE_PRT.
    /// </summary>
    public int ParentMinor { get; init; } = NoParent;

    /// <summary>Seconds a request may take; 0 for the default of 120.</summary>
    public ushort RequestTimeout { get; init; }

    /// <summary>type:path of the secondary image, at most 255 bytes; counts only with the flag SECONDARY.</summary>
    public string Secondary { get; init; } = "";
}
