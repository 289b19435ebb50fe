using System.Collections.Immutable;
using Akka.Util;

namespace Akka.Actor.Setup;

/// <summary>Programmatic settings of an actor system, at most one of each type.</summary>
public sealed class ActorSystemSetup
{
    public static readonly ActorSystemSetup Empty = new(ImmutableDictionary<Type, Setup>.Empty);

    private readonly ImmutableDictionary<Type, Setup> _setups;

    private ActorSystemSetup(ImmutableDictionary<Type, Setup> setups) => _setups = setups;

    public static ActorSystemSetup Create(params Setup[] setup) =>
        new(Empty._setups.SetItems(setup.Select(one => KeyValuePair.Create(one.GetType(), one))));

    public Option<T> Get<T>() where T : Setup =>
        _setups.TryGetValue(typeof(T), out Setup? found) ? Option<T>.Create((T)found) : Option<T>.None;

    public ActorSystemSetup WithSetup<T>(T setup) where T : Setup => new(_setups.SetItem(typeof(T), setup));

    public ActorSystemSetup And<T>(T setup) where T : Setup => WithSetup(setup);
}
