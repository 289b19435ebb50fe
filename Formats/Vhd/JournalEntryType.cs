namespace Tapvisor.Formats.Vhd;

/// <summary>What a journal entry preserves: upstream's VHD_JOURNAL_ENTRY_TYPE_*.</summary>
public enum JournalEntryType : uint
{
    /// <summary>VHD_JOURNAL_ENTRY_TYPE_FOOTER_P.</summary>
    PrimaryFooter = 1,

    /// <summary>VHD_JOURNAL_ENTRY_TYPE_FOOTER_C.</summary>
    FooterCopy = 2,

    Header = 3,
    Locator = 4,
    Bat = 5,
    BatmapHeader = 6,
    BatmapMap = 7,
    Data = 8,
}
