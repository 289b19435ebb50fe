namespace Akka.Configuration.Hocon;

/// <summary>A reference <c>${path}</c> or <c>${?path}</c>.</summary>
/// <param name="path">The keys.</param>
/// <param name="optional">Whether it may have no value.</param>
/// <param name="previous">If it refers to the field it is in: what the field held before.</param>
/// <param name="unresolved">The error if there is no value.</param>
internal sealed class HoconSubstitution(IReadOnlyList<string> path, bool optional, HoconNode? previous, FormatException unresolved)
    : HoconNode
{
    public IReadOnlyList<string> Path { get; } = path;

    public bool Optional { get; } = optional;

    public HoconNode? Previous { get; } = previous;

    public FormatException Unresolved { get; } = unresolved;
}
