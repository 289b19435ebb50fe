namespace Tapvisor.Actors.Tapdisk;

/// <summary>Why a request is not served.</summary>
/// <param name="Errno">For the client.</param>
/// <param name="Reason">One sentence.</param>
internal sealed record Refusal(int Errno, string Reason);
