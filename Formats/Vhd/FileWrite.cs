namespace Tapvisor.Formats.Vhd;

/// <summary>Bytes, whole sectors, that are to be written at <paramref name="Offset"/>.</summary>
public readonly record struct FileWrite(long Offset, ReadOnlyMemory<byte> Bytes);
