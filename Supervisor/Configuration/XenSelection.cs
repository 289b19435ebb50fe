namespace Tapvisor.Supervisor.Configuration;

/// <summary>Which hypervisor to talk to: Xen's devices, or for development a loopback in a directory.</summary>
/// <param name="LoopbackPath">The loopback's directory; null for Xen's devices.</param>
internal sealed record XenSelection(string? LoopbackPath)
{
    private const string Xen = "xen";
    private const string LoopbackPrefix = "loopback:";

    /// <summary>Xen's devices.</summary>
    public static XenSelection Devices { get; } = new((string?)null);

    /// <summary>Understands <c>xen</c> and <c>loopback:DIRECTORY</c>.</summary>
    /// <returns>False if it is neither.</returns>
    public static bool TryParse(string text, out XenSelection selection)
    {
        selection = Devices;
        if (text == Xen)
            return true;
        if (!text.StartsWith(LoopbackPrefix, StringComparison.Ordinal) || text.Length == LoopbackPrefix.Length)
            return false;
        selection = new XenSelection(text[LoopbackPrefix.Length..]);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => LoopbackPath is null ? Xen : LoopbackPrefix + LoopbackPath;
}
