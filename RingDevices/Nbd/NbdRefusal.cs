using Tapvisor.Messages.Nbd;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>Why a request is not passed on to the disk.</summary>
/// <param name="Error">What the client is told.</param>
/// <param name="Reason">A sentence, for the log and for clients that take structured replies.</param>
internal sealed record NbdRefusal(NbdError Error, string Reason);
