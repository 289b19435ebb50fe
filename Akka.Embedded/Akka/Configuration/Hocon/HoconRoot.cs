namespace Akka.Configuration.Hocon;

/// <summary>What a text was parsed to.</summary>
public class HoconRoot(HoconValue value)
{
    public HoconValue Value { get; } = value;
}
