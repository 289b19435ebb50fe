namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>Why a device is not served.</summary>
/// <param name="Errno">Positive.</param>
/// <param name="Reason">One sentence.</param>
internal sealed record VbdFailure(int Errno, string Reason);
