namespace Tapvisor.RingDevices.XenBlkif.Slots;

/// <summary>Through which phases a kind of request goes, from <see cref="SlotPhase.Taken"/> to <see cref="SlotPhase.Answered"/>.</summary>
/// <param name="First">Where its first step is among <see cref="SlotPhases.Step"/>; the others follow.</param>
/// <param name="Phases">The phases of its steps.</param>
internal sealed record SlotRoute(int First, IReadOnlyList<SlotPhase> Phases);
