namespace Akka.Actor;

/// <content>What hangs on one incarnation of the actor.</content>
internal sealed partial class ActorCell
{
    private TimerScheduler? _timers;
    private MailboxStash? _stash;
}
