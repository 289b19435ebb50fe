namespace Tapvisor.BlockIo.Tasks;

/// <summary>Marks the awaiters that a coroutine on an engine may use.</summary>
internal interface IIoAwaiter
{
    /// <summary>Resumes <paramref name="waiter"/> when the result is there.</summary>
    void Await(IoContinuation waiter);
}
