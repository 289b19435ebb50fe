using System.Globalization;
using Tapvisor.Native;
using Tapvisor.XenStore;

namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>The nodes of one directory as they were read; nothing in them is trusted, whoever wrote it.</summary>
internal sealed class NodeValues(IReadOnlyDictionary<string, string> values)
{
    // Of what is put into a log or an error node.
    private const int MostShown = 64;

    internal string? this[string name] => values.GetValueOrDefault(name);

    /// <summary>Null when the node is missing; Unknown when it holds nothing that the protocol knows.</summary>
    internal XenbusState? State => this["state"] is not { } text
        ? null
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint state) && Enum.IsDefined((XenbusState)state)
            ? (XenbusState)state
            : XenbusState.Unknown;

    /// <exception cref="VbdException">EINVAL: not a decimal number up to the limit; ENOENT: missing and without default.</exception>
    internal uint Number(string name, uint? absent = null, uint most = uint.MaxValue)
    {
        if (this[name] is not { } text)
            return absent ?? throw new VbdException(Errno.ENOENT, $"the node {name} is missing");
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number <= most
            ? number
            : throw new VbdException(Errno.EINVAL, $"the node {name} is '{Shown(text)}', not a number from 0 to {most}");
    }

    /// <summary>Without what could forge a log line, and short.</summary>
    internal static string Shown(string text) => string.Concat(
        text.Take(MostShown).Select(c => c is >= ' ' and <= '~' ? c : '?')) + (text.Length > MostShown ? "…" : "");
}
