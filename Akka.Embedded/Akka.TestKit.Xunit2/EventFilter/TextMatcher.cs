namespace Akka.TestKit.Internal;

/// <summary>Compares a text; what is null is not compared.</summary>
internal sealed class TextMatcher(string? message, string? start, string? contains)
{
    public bool Matches(object? text)
    {
        string actual = text?.ToString() ?? "";
        return (message is null || actual == message)
            && (start is null || actual.StartsWith(start, StringComparison.Ordinal))
            && (contains is null || actual.Contains(contains, StringComparison.Ordinal));
    }
}
