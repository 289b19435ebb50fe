namespace Akka.Actor;

/// <summary>Turns the text of a path into a selection.</summary>
internal static class SelectionPath
{
    /// <param name="system">The system to look in.</param>
    /// <param name="anchor">Where relative paths begin.</param>
    /// <param name="path">Full (<c>akka://system/user/a</c>), absolute (<c>/user/a</c>) or relative (<c>../a</c>).</param>
    public static ActorSelection Parse(ActorSystemImpl system, InternalActorRef anchor, string path)
    {
        if (ActorPath.TryParse(path, out ActorPath? full))
        {
            bool isHere = full.Address.Equals(system.RootPath.Address);
            return new ActorSelection(isHere ? system.RootGuardian : system.DeadLettersRef, full.Elements);
        }

        return new ActorSelection(path.StartsWith('/') ? system.RootGuardian : anchor, path);
    }
}
