using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Seam;

namespace Tapvisor.Simulation.Hypervisor;

/// <summary>The backend's ends of the loopback's event channels.</summary>
internal sealed unsafe class LoopbackEventChannels : IEventChannels
{
    private static int s_lastNumber;

    private readonly LoopbackXen _xen;
    private readonly int _number = Interlocked.Increment(ref s_lastNumber);
    private readonly LoopbackQueue _queue;
    private readonly string _path;
    private readonly Dictionary<uint, (LoopbackDomain Domain, uint RemotePort)> _bound = [];
    private readonly Dictionary<uint, LoopbackQueue> _guests = [];
    private uint _lastPort;

    internal LoopbackEventChannels(LoopbackXen xen)
    {
        _xen = xen;
        _path = LoopbackQueue.BackendPath(xen.Root, Environment.ProcessId, _number);
        _queue = LoopbackQueue.Create(_path);
    }

    public int Descriptor => _queue.Descriptor;

    public uint Bind(uint domId, uint remotePort)
    {
        LoopbackDomain domain = _xen.Domain(domId);
        LoopbackPort* port = domain.Ports + remotePort;
        bool isOpen = remotePort is > 0 and < LoopbackDomain.MaxPorts && Volatile.Read(ref port->IsOpen) != 0;
        if (!isOpen || _bound.ContainsValue((domain, remotePort)) || !domain.TryHold(remotePort, hold: true))
        {
            throw new BlockException(
                BlockErrorKind.Io, Errno.EINVAL, $"The event channel {remotePort} of domain {domId} is closed, or bound by somebody else.");
        }
        uint local = ++_lastPort;
        _bound.Add(local, (domain, remotePort));
        port->BackendPort = local;
        port->BackendNumber = _number;
        port->BackendMasked = 0;
        Volatile.Write(ref port->BackendPid, Environment.ProcessId);
        port->BackendPending = 1;
        _queue.Put(local);
        return local;
    }

    public void Unbind(uint port)
    {
        if (!_bound.Remove(port, out (LoopbackDomain Domain, uint RemotePort) bound))
            return;
        Volatile.Write(ref bound.Domain.Ports[bound.RemotePort].BackendPid, 0);
        bound.Domain.TryHold(bound.RemotePort, hold: false);
    }

    public int Notify(uint port)
    {
        if (!_bound.TryGetValue(port, out (LoopbackDomain Domain, uint RemotePort) bound))
            return -Errno.ENOTCONN;
        LoopbackPort* channel = bound.Domain.Ports + bound.RemotePort;
        if (Interlocked.Exchange(ref channel->Pending, 1) != 0 || Volatile.Read(ref channel->Masked) != 0)
            return 0;
        uint domId = bound.Domain.DomId;
        if (!_guests.TryGetValue(domId, out LoopbackQueue? queue))
        {
            // As in Xen, an event for a guest that is gone is nobody's business.
            queue = LoopbackQueue.Find(LoopbackDomain.QueueOf(_xen.Root, domId));
            if (queue is null)
                return 0;
            _guests.Add(domId, queue);
        }
        queue.Put(bound.RemotePort);
        return 0;
    }

    public int Take(Span<uint> ports)
    {
        int count = _queue.Take(ports);
        for (int i = 0; i < count; i++)
        {
            if (!_bound.TryGetValue(ports[i], out (LoopbackDomain Domain, uint RemotePort) bound))
                continue;
            LoopbackPort* channel = bound.Domain.Ports + bound.RemotePort;
            Volatile.Write(ref channel->BackendMasked, 1);
            Interlocked.Exchange(ref channel->BackendPending, 0);
        }
        return count;
    }

    public void Unmask(uint port)
    {
        if (!_bound.TryGetValue(port, out (LoopbackDomain Domain, uint RemotePort) bound))
            return;
        LoopbackPort* channel = bound.Domain.Ports + bound.RemotePort;
        Volatile.Write(ref channel->BackendMasked, 0);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref channel->BackendPending) != 0)
            _queue.Put(port);
    }

    /// <summary>Lets every port go. The pipe itself is closed by whoever watches it.</summary>
    internal void Close()
    {
        foreach (uint port in _bound.Keys.ToArray())
            Unbind(port);
        foreach (LoopbackQueue guest in _guests.Values)
            guest.Close();
        File.Delete(_path);
    }
}
