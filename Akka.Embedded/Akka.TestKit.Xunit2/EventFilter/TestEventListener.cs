using Akka.Event;

namespace Akka.TestKit;

/// <summary>The logger of tests: prints what no filter takes. Dead letters and unhandled messages count as warnings and debug.</summary>
public class TestEventListener : DefaultLogger
{
    private readonly List<IEventFilter> _filters = [];

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger initialize:
                foreach (Type channel in new[] { typeof(Mute), typeof(Unmute), typeof(DeadLetter), typeof(UnhandledMessage) })
                {
                    initialize.LoggingBus.Subscribe(Self, channel);
                }

                return base.Receive(message);
            case Mute mute:
                _filters.Add(mute.Filter);
                return true;
            case Unmute unmute:
                _filters.Remove(unmute.Filter);
                return true;
            case LogEvent logEvent:
                Handle(logEvent);
                return true;
            case DeadLetter letter:
                Handle(new Warning(letter.Recipient.Path.ToString(), letter.Recipient.GetType(), letter));
                return true;
            default:
                Handle(new Debug(Context.System.Name, GetType(), message));
                return true;
        }
    }

    private void Handle(LogEvent logEvent)
    {
        if (!_filters.Any(filter => filter.Apply(logEvent)))
        {
            Print(logEvent);
        }
    }
}
