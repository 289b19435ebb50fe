using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace Tapvisor.Tests.AkkaEmbedded;

public class VirtualTimeTests() : TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Nothing_happens_before_its_time()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromHours(1), TestActor, "tick", ActorRefs.NoSender);
        Time.Advance(TimeSpan.FromMinutes(59));
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));

        Time.Advance(TimeSpan.FromMinutes(1));
        ExpectMsg("tick");
    }

    [Fact]
    public void What_is_repeated_happens_as_often_as_time_passes()
    {
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TestActor, "tick", ActorRefs.NoSender);
        for (int minute = 0; minute < 3; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            ExpectMsg("tick");
        }
    }

    [Fact]
    public void What_is_cancelled_does_not_happen()
    {
        ICancelable cancelable = Sys.Scheduler.ScheduleTellOnceCancelable(
            TimeSpan.FromMinutes(1), TestActor, "tick", ActorRefs.NoSender);
        cancelable.Cancel();
        Time.Advance(TimeSpan.FromMinutes(2));

        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void The_clock_advances_with_the_time()
    {
        DateTimeOffset before = Time.Now;
        Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(TimeSpan.FromDays(1), Time.Now - before);
    }

    [Fact]
    public void An_actors_timers_follow_virtual_time()
    {
        Sys.ActorOf(Props.Create(() => new Alarm(TestActor)));
        ExpectMsg("set");
        Time.Advance(TimeSpan.FromDays(1));

        ExpectMsg("ring");
    }

    private sealed class Alarm(IActorRef test) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            Timers.StartSingleTimer("alarm", "ring", TimeSpan.FromDays(1));
            test.Tell("set");
        }

        protected override void OnReceive(object message) => test.Tell(message);
    }
}
