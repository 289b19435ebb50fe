namespace Tapvisor.BlockIo.Buffers;

/// <summary>A doubly linked list of slabs; a slab is in one list at most.</summary>
internal sealed class BufferSlabList
{
    private BufferSlab? _last;

    internal BufferSlab? First { get; private set; }

    internal int Count { get; private set; }

    internal void Push(BufferSlab slab)
    {
        slab.Next = First;
        slab.Previous = null;
        if (First is null)
            _last = slab;
        else
            First.Previous = slab;
        First = slab;
        Count++;
    }

    internal void Append(BufferSlab slab)
    {
        slab.Next = null;
        slab.Previous = _last;
        if (_last is null)
            First = slab;
        else
            _last.Next = slab;
        _last = slab;
        Count++;
    }

    internal void Remove(BufferSlab slab)
    {
        if (slab.Previous is null)
            First = slab.Next;
        else
            slab.Previous.Next = slab.Next;
        if (slab.Next is null)
            _last = slab.Previous;
        else
            slab.Next.Previous = slab.Previous;
        slab.Previous = null;
        slab.Next = null;
        Count--;
    }

    internal BufferSlab? Pop()
    {
        BufferSlab? first = First;
        if (first is not null)
            Remove(first);
        return first;
    }
}
