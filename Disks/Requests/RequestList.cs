namespace Tapvisor.Disks.Requests;

/// <summary>Requests in the order they were submitted, linked through themselves.</summary>
internal sealed class RequestList
{
    private BlockRequest? _head;
    private BlockRequest? _tail;

    internal int Count { get; private set; }

    internal BlockRequest? First => _head;

    /// <summary>Puts a request where its sequence number belongs; nearly always at the end.</summary>
    internal void Insert(BlockRequest request)
    {
        Count++;
        if (_tail is null || _tail.Sequence < request.Sequence)
        {
            request.Next = null;
            if (_tail is null)
                _head = request;
            else
                _tail.Next = request;
            _tail = request;
            return;
        }
        InsertEarlier(request);
    }

    internal BlockRequest? TakeFirst()
    {
        BlockRequest? first = _head;
        if (first is null)
            return null;
        _head = first.Next;
        if (_head is null)
            _tail = null;
        first.Next = null;
        Count--;
        return first;
    }

    private void InsertEarlier(BlockRequest request)
    {
        BlockRequest? before = null;
        BlockRequest? at = _head;
        while (at is not null && at.Sequence < request.Sequence)
        {
            before = at;
            at = at.Next;
        }
        request.Next = at;
        if (before is null)
            _head = request;
        else
            before.Next = request;
    }
}
