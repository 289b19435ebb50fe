namespace Tapvisor.Formats.Vhd;

/// <summary>Bytes of a file that are to be read.</summary>
public readonly record struct FileRange(long Offset, int Length);
