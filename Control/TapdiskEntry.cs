using Tapvisor.Messages;

namespace Tapvisor.Control;

/// <summary>One line of a listing: a VBD, a tapdisk without VBDs, or a minor without tapdisk. What is not known is null.</summary>
/// <param name="Pid">The tapdisk's process.</param>
/// <param name="Minor">The VBD's minor.</param>
/// <param name="State">The VBD's state.</param>
/// <param name="ImageType">The image's type, when one is open.</param>
/// <param name="Path">What follows the colon of the image's type:path.</param>
public sealed record TapdiskEntry(int? Pid = null, int? Minor = null, VbdState? State = null, string? ImageType = null, string? Path = null)
{
    /// <exception cref="ControlException">EPROTO: the path has no colon.</exception>
    internal static TapdiskEntry Of(int pid, TapdiskResponse.List vbd)
    {
        if (vbd.Path.Length == 0)
            return new TapdiskEntry(pid, vbd.Minor, vbd.State);
        int colon = vbd.Path.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? throw new ControlException(
                Native.Errno.EPROTO, $"tapdisk {pid} lists minor {vbd.Minor} with an image that has no type: {vbd.Path}")
            : new TapdiskEntry(pid, vbd.Minor, vbd.State, vbd.Path[..colon], vbd.Path[(colon + 1)..]);
    }
}
