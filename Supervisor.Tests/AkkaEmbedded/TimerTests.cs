using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace Tapvisor.Tests.AkkaEmbedded;

public class TimerTests : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void A_single_timer_ticks_once()
    {
        Start(timers => timers.StartSingleTimer("key", "tick", Short));

        ExpectMsg("tick");
        ExpectNoMsg(Short * 5);
    }

    [Fact]
    public void A_periodic_timer_ticks_until_it_is_cancelled()
    {
        IActorRef actor = Start(timers => timers.StartPeriodicTimer("key", "tick", Short));
        ExpectMsg("tick");
        ExpectMsg("tick");
        actor.Tell((Action<ITimerScheduler>)(timers => timers.Cancel("key")));
        actor.Tell("cancelled");
        FishForMessage<string>(message => message == "cancelled");

        ExpectNoMsg(Short * 5);
    }

    [Fact]
    public void Starting_a_key_again_replaces_its_timer()
    {
        Start(timers =>
        {
            timers.StartSingleTimer("key", "old", Short);
            timers.StartSingleTimer("key", "new", Short);
        });

        ExpectMsg("new");
        ExpectNoMsg(Short * 5);
    }

    [Fact]
    public void A_tick_in_the_mailbox_is_dropped_when_its_timer_is_cancelled()
    {
        Start(timers =>
        {
            timers.StartSingleTimer("key", "stale", TimeSpan.Zero);

            // Due later than the tick, so that the tick is in the mailbox once this is here.
            Sys.Scheduler.ScheduleTellOnce(Short, TestActor, "later", ActorRefs.NoSender);
            Assert.True(SpinWait.SpinUntil(() => HasMessages, TimeSpan.FromSeconds(30)));
            timers.Cancel("key");
        });

        ExpectMsg("later", TimeSpan.FromSeconds(30));
        ExpectNoMsg(Short * 5);
    }

    [Fact]
    public void Timers_are_cancelled_at_a_restart()
    {
        IActorRef actor = Start(timers => timers.StartPeriodicTimer("key", "tick", Short));
        ExpectMsg("tick");
        actor.Tell(new IOException("broken"));
        actor.Tell("restarted");
        FishForMessage<string>(message => message == "restarted");

        ExpectNoMsg(Short * 5);
    }

    [Fact]
    public async Task A_timer_tells_whether_it_is_active()
    {
        var active = new TaskCompletionSource<(bool, bool)>();
        Start(timers =>
        {
            timers.StartSingleTimer("key", "tick", TimeSpan.FromHours(1));
            active.SetResult((timers.IsTimerActive("key"), timers.IsTimerActive("other")));
        });

        Assert.Equal((true, false), await active.Task);
    }

    private IActorRef Start(Action<ITimerScheduler> use)
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Timed(TestActor)));
        actor.Tell(use);
        return actor;
    }

    private sealed class Timed(IActorRef test) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Action<ITimerScheduler> use: use(Timers); break;
                case Exception failure: throw failure;
                default: test.Tell(message); break;
            }
        }
    }
}
