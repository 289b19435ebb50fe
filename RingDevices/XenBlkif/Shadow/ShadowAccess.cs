using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.RingDevices.XenBlkif.Shadow;

/// <summary>
/// Who may be at a disk's shadows: any number of devices that connect, each with files of its own, or one alone that looks at all of
/// them or clears them away. In the order of the calls; engine's thread only.
/// </summary>
internal sealed class ShadowAccess
{
    private readonly Queue<(bool Alone, IoPromise<int> Turn)> _waiting = new();
    private int _inside;
    private bool _alone;

    /// <summary>Waits until it may; <see cref="Leave"/> is owed for it.</summary>
    internal async IoTask<int> EnterAsync(bool alone)
    {
        if (_waiting.Count > 0 || !IsFree(alone))
        {
            var turn = new IoPromise<int>();
            _waiting.Enqueue((alone, turn));
            return await turn.Task;
        }
        Admit(alone);
        return 0;
    }

    /// <summary>Lets in who waits.</summary>
    internal void Leave()
    {
        _inside--;
        _alone = false;
        while (_waiting.TryPeek(out (bool Alone, IoPromise<int> Turn) next) && IsFree(next.Alone))
        {
            _waiting.Dequeue();
            Admit(next.Alone);
            next.Turn.Set(0);
        }
    }

    private bool IsFree(bool alone) => alone ? _inside == 0 : !_alone;

    private void Admit(bool alone)
    {
        _inside++;
        _alone = alone;
    }
}
