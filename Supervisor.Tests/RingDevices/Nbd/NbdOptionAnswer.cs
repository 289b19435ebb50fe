using Tapvisor.Messages.Nbd;


namespace Tapvisor.Tests.RingDevices.Nbd;

/// <summary>One reply to an option.</summary>
internal sealed record NbdOptionAnswer(NbdOption Option, NbdOptionReply Type, byte[] Data);
