using Akka.Actor;

namespace Akka.TestKit.TestActors;

/// <summary>Sends everything to the test actor and, unless told otherwise, back to the sender, if that is another one.</summary>
public class EchoActor : ReceiveActor
{
    public EchoActor(TestKitBase testkit, bool echoBackToSenderAsWell = true) => ReceiveAny(message =>
    {
        if (echoBackToSenderAsWell && !testkit.TestActor.Equals(Sender))
        {
            Sender.Forward(message);
        }

        testkit.TestActor.Forward(message);
    });

    public static Props Props(TestKitBase testkit, bool echoBackToSenderAsWell = true) =>
        Actor.Props.Create(() => new EchoActor(testkit, echoBackToSenderAsWell));
}
