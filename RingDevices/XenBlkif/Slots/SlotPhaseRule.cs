using Tapvisor.BlockIo;
using Tapvisor.Disks.Requests;

namespace Tapvisor.RingDevices.XenBlkif.Slots;

/// <summary>One phase of a guest's request: a row of <see cref="SlotPhases"/>.</summary>
/// <param name="Phase">Which.</param>
/// <param name="Holder">Who acts.</param>
/// <param name="Operation">What the disk is asked for, if it is the disk that acts.</param>
/// <param name="OnFailure">What becomes of the request if he fails.</param>
/// <param name="OnStop">What becomes of it when the ring stops before he has begun.</param>
/// <param name="OnAdoption">In which phase a successor begins with it if the process dies meanwhile.</param>
internal sealed record SlotPhaseRule(
    SlotPhase Phase, SlotHolder Holder, BlockOperation? Operation, SlotFate OnFailure, SlotFate OnStop, SlotPhase OnAdoption);
