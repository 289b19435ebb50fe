using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>One call of <see cref="IoEngine.OffloadAsync{T}"/>; not pooled, for it is not for each request.</summary>
/// <param name="engine">Where the outcome goes.</param>
/// <param name="scope">Counts the call.</param>
/// <param name="handle">Counts it too, unless null.</param>
/// <param name="call">The blocking call.</param>
/// <param name="abandon">Gets rid of a result that nobody is left to receive.</param>
internal sealed class OffloadCall<T>(PosixEngine engine, IoScope scope, PosixHandle? handle, Func<T> call, Action<T>? abandon)
    : IoSource<T>, IHelperWork
{
    private T? _outcome;
    private Exception? _error;

    void IHelperWork.Execute()
    {
        try
        {
            _outcome = call();
        }
        catch (Exception e)
        {
            _error = e;
        }
        if (!engine.TryPost(this) && _error is null)
            abandon?.Invoke(_outcome!);
    }

    internal override void Resume()
    {
        engine.OffloadEnded();
        handle?.Leave();
        scope.Leave();
        if (_error is not null)
            Fail(_error);
        else
            Complete(_outcome!);
    }

    protected override void Recycle()
    {
    }
}
