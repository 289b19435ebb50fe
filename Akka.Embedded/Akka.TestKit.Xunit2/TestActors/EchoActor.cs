using Akka.Actor;

namespace Akka.TestKit.TestActors;

/// <summary>Sends everything to the test actor and, unless told otherwise, back to the sender.</summary>
public class EchoActor : ReceiveActor
{
    public EchoActor(TestKitBase testkit, bool echoBackToSenderAsWell = true) => ReceiveAny(message =>
    {
        testkit.TestActor.Forward(message);
        if (echoBackToSenderAsWell)
        {
            Sender.Tell(message, Self);
        }
    });

    public static Props Props(TestKitBase testkit, bool echoBackToSenderAsWell = true) =>
        Actor.Props.Create(() => new EchoActor(testkit, echoBackToSenderAsWell));
}
