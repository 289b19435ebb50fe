namespace Akka.Configuration.Hocon;

/// <summary>An array as written.</summary>
internal sealed class HoconArray(IReadOnlyList<HoconNode> items) : HoconNode
{
    public IReadOnlyList<HoconNode> Items { get; } = items;
}
