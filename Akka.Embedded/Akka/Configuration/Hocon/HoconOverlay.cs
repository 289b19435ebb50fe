namespace Akka.Configuration.Hocon;

/// <summary>A field set twice, where a reference is involved: objects are merged, otherwise the later value wins.</summary>
internal sealed class HoconOverlay(HoconNode below, HoconNode above) : HoconNode
{
    public HoconNode Below { get; } = below;

    public HoconNode Above { get; } = above;
}
