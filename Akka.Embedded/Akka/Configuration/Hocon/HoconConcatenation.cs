namespace Akka.Configuration.Hocon;

/// <summary>Values written one after the other: texts are joined, arrays appended, objects merged.</summary>
internal sealed class HoconConcatenation(IReadOnlyList<HoconNode> parts, FormatException mismatch) : HoconNode
{
    public IReadOnlyList<HoconNode> Parts { get; } = parts;

    /// <summary>The error if the parts are of different kinds.</summary>
    public FormatException Mismatch { get; } = mismatch;
}
