namespace Akka.TestKit.Internal;

/// <summary>Tells the test actor how to answer by itself.</summary>
internal sealed record SetAutoPilot(AutoPilot AutoPilot);
