namespace Tapvisor.Tests.RingDevices.XenBlkif;

/// <summary>Nothing of this process happens any more.</summary>
internal sealed class ProcessDiedException : Exception;
