using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.Tests.RingDevices.XenBlkif.Guests;

/// <summary>What a backend answered.</summary>
internal sealed record GuestResponse(ulong Id, BlkifOp Operation, BlkifStatus Status);
