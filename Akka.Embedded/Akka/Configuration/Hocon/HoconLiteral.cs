namespace Akka.Configuration.Hocon;

/// <summary>A value that refers to nothing.</summary>
internal sealed class HoconLiteral(HoconValue value) : HoconNode
{
    public HoconValue Value { get; } = value;
}
