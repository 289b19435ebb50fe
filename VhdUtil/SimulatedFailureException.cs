namespace Tapvisor.VhdUtil;

/// <summary>The process ends here, with everything left as it is: VHD_UTIL_TEST_FAIL_* asked for it.</summary>
internal sealed class SimulatedFailureException : Exception;
