namespace Tapvisor.ImageDrivers.Layers.Faults;

/// <summary>A fault to inject.</summary>
/// <param name="Action">What happens.</param>
/// <param name="Operations">To which requests.</param>
/// <param name="Count">To how many of them; 0 for all until the plan is cleared.</param>
/// <param name="Errno">Positive errno of <see cref="FaultAction.Error"/>.</param>
/// <param name="Delay">Time of <see cref="FaultAction.Delay"/>.</param>
public sealed record Fault(
    FaultAction Action, FaultOperations Operations = FaultOperations.Any, int Count = 0, int Errno = 0, TimeSpan Delay = default);
