using Akka.Actor;

namespace Akka.TestKit;

/// <summary>Answers messages on behalf of a test actor, before the test sees them.</summary>
public abstract class AutoPilot
{
    /// <summary>Result of <see cref="Run"/>: no answers any more.</summary>
    public static NoAutoPilot NoAutoPilot => NoAutoPilot.Instance;

    /// <summary>Result of <see cref="Run"/>: the same for the next message.</summary>
    public static KeepRunning KeepRunning => KeepRunning.Instance;

    /// <returns>What answers the next message.</returns>
    public abstract AutoPilot Run(IActorRef sender, object message);
}
