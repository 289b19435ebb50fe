using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.BlockIo.Engines.Posix;

/// <summary>One delay; pooled by its queue.</summary>
internal sealed class IoTimer(TimerQueue queue) : IoSource<int>
{
    internal IoScope? Scope;
    internal long Deadline;
    internal long Sequence;
    internal int Outcome;
    internal IoTimer? NextFree;

    internal bool IsBefore(IoTimer other) =>
        Deadline < other.Deadline || (Deadline == other.Deadline && Sequence < other.Sequence);

    internal override void Resume()
    {
        Scope!.Leave();
        Complete(Outcome);
    }

    protected override void Recycle() => queue.Return(this);
}
