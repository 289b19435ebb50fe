namespace Tapvisor.BlockIo.Tasks;

/// <summary>The outcome of a coroutine that threw before it ever had to wait. Not pooled: it exists once per such exception.</summary>
internal sealed class IoFailure<T> : IoSource<T>
{
    internal IoFailure(Exception error) => Fail(error);

    internal override void Resume() => throw new InvalidOperationException("A failure has nothing to resume.");

    protected override void Recycle()
    {
    }
}
