using Tapvisor.BlockIo;
using Tapvisor.Disks.Requests;

namespace Tapvisor.RingDevices.XenBlkif.Slots;

/// <summary>A phase on a <see cref="SlotRoute"/>: what every request looks up at each of its steps.</summary>
/// <param name="Phase">Which.</param>
/// <param name="Holder">Who acts.</param>
/// <param name="Operation">What the disk is asked for, if it is the disk that acts.</param>
internal readonly record struct SlotStep(SlotPhase Phase, SlotHolder Holder, BlockOperation Operation);
