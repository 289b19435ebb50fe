namespace Akka.Actor;

/// <summary>A path to look up each time it is used. Wildcards are not supported.</summary>
public class ActorSelection : ICanTell
{
    private readonly string[] _elements;

    public ActorSelection(IActorRef anchor, string path)
        : this(anchor, path.Split('/', StringSplitOptions.RemoveEmptyEntries))
    {
    }

    /// <exception cref="NotSupportedException">An element has a wildcard.</exception>
    public ActorSelection(IActorRef anchor, IEnumerable<string> elements)
    {
        Anchor = anchor;
        _elements = [.. elements];
        if (_elements.FirstOrDefault(element => element.AsSpan().ContainsAny('*', '?')) is { } wildcard)
        {
            throw new NotSupportedException($"Wildcards are not supported in an actor selection: '{wildcard}'");
        }
    }

    public IActorRef Anchor { get; }

    public string PathString => "/" + string.Join('/', _elements);

    public void Tell(object message, IActorRef? sender = null) => Resolve().Tell(message, sender ?? ActorCell.GetCurrentSelfOrNoSender());

    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    /// <exception cref="ActorNotFoundException">Nobody answered at that path in time.</exception>
    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            var identity = await this.Ask<ActorIdentity>(new Identify(this), timeout, ct).ConfigureAwait(false);
            return identity.Subject ?? throw new ActorNotFoundException($"subject was null: {this}");
        }
        catch (AskTimeoutException e)
        {
            throw new ActorNotFoundException($"Exception occurred while resolving ActorSelection {this}", e);
        }
    }

    public override string ToString() => $"ActorSelection[Anchor({Anchor.Path}), Path({PathString})]";

    private InternalActorRef Resolve()
    {
        InternalActorRef target = Anchor.AsInternal();
        ActorPath path = target.Path;
        foreach (string element in _elements)
        {
            path = element == ".." ? path.Parent : path / element;
            InternalActorRef? next = element == ".." ? target.Parent : target.GetChild(element);
            target = next ?? new EmptyLocalActorRef(target.System, path);
        }

        return target;
    }
}
