using Akka.Configuration.Hocon;

namespace Tapvisor.Supervisor.Configuration.Hocon;

/// <summary>What a value of the parser's is, whether it stands there or a substitution does.</summary>
internal static class HoconValues
{
    /// <summary>What a list holds; null for what is none.</summary>
    internal static IReadOnlyList<HoconValue>? Elements(HoconValue value) => value.Values.FindAll(part => !IsBlank(part)) switch
    {
        // For "[ ]" the parser makes an element of nothing.
        [HoconArray list] => list.FindAll(element => element.Values.Count > 0),
        [HoconSubstitution { ResolvedValue: { } target }] => Elements(target),
        _ => null,
    };

    /// <summary>As a file would have it, for sentences.</summary>
    internal static string Shown(HoconValue value) =>
        Elements(value) is { } list ? $"[{string.Join(", ", list.Select(ShownElement))}]"
            : value.GetObject() is not null ? "{ … }"
            : value.GetString() ?? "null";

    // The parser takes the space between a list and a comment or a brace for a part of the value.
    private static bool IsBlank(IHoconElement part) => part is HoconLiteral literal && string.IsNullOrWhiteSpace(literal.Value);

    // Between commas, an empty text would not be seen.
    private static string ShownElement(HoconValue element) => Shown(element) is { Length: > 0 } shown ? shown : "\"\"";
}
