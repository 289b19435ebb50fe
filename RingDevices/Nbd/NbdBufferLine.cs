using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.RingDevices.Nbd;

/// <summary>
/// Hands a disk's buffers to its connections: first come, first served once the quota is used up, and one buffer for each connection
/// whatever the others hold. So no connection starves another, and none waits for a buffer that only its own progress could free.
/// </summary>
internal sealed class NbdBufferLine(BufferPool pool, BufferQuota quota)
{
    private readonly LinkedList<NbdBufferHolder> _line = [];

    /// <summary>Connections that wait.</summary>
    internal int Waiting => _line.Count;

    /// <summary>Takes a buffer if that needs no waiting.</summary>
    internal bool TryRent(NbdBufferHolder holder, int length, out IoBuffer buffer)
    {
        if (holder.Held == 0)
            buffer = pool.Rent(length, quota);
        else if (_line.Count > 0 || !pool.TryRent(length, quota, out buffer))
            return NoBuffer(out buffer);
        holder.Held++;
        return true;
    }

    /// <summary>Waits for a buffer, after <see cref="TryRent"/> found none.</summary>
    internal async IoTask<IoBuffer> RentAsync(NbdBufferHolder holder, int length)
    {
        holder.Wanted = length;
        _line.AddLast(holder.Place);
        await holder.Turn.WaitAsync();
        return holder.Granted;
    }

    /// <summary>Gives a buffer back, and lets those go on that it is enough for.</summary>
    internal void Return(NbdBufferHolder holder, IoBuffer buffer)
    {
        pool.Return(buffer, quota);
        holder.Held--;
        if (holder.Held == 0 && holder.Place.List is not null)
            Grant(holder, pool.Rent(holder.Wanted, quota));
        while (_line.First is { Value: var first } && pool.TryRent(first.Wanted, quota, out IoBuffer next))
            Grant(first, next);
    }

    private static bool NoBuffer(out IoBuffer buffer)
    {
        buffer = default;
        return false;
    }

    private void Grant(NbdBufferHolder holder, IoBuffer buffer)
    {
        _line.Remove(holder.Place);
        holder.Held++;
        holder.Granted = buffer;
        holder.Turn.Open();
    }
}
