namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>How far a device has come; it outlives the device's actor, as its ring does. That actor alone changes it.</summary>
internal sealed class VbdRecord(VbdMachine machine)
{
    internal VbdMachine Machine { get; set; } = machine;
}
