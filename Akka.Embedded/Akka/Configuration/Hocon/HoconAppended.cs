namespace Akka.Configuration.Hocon;

/// <summary>An array and what <c>+=</c> appends to it.</summary>
internal sealed class HoconAppended(HoconNode? array, HoconNode item) : HoconNode
{
    public HoconNode? Array { get; } = array;

    public HoconNode Item { get; } = item;
}
