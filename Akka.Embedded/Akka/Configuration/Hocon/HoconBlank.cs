namespace Akka.Configuration.Hocon;

/// <summary>The blanks between two parts of a concatenation; they count only between texts.</summary>
internal sealed class HoconBlank(string text) : HoconNode
{
    public string Text { get; } = text;
}
