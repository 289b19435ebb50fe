namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>A device's nodes are not as they should be.</summary>
internal sealed class VbdException(int errno, string reason) : Exception(reason)
{
    internal VbdFailure Failure { get; } = new(errno, reason);
}
