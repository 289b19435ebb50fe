using System.Diagnostics.CodeAnalysis;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Signals;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;
using Tapvisor.RingDevices.XenBlkif.Grants;
using Tapvisor.RingDevices.XenBlkif.Ring;

namespace Tapvisor.RingDevices.XenBlkif.Seam;

/// <summary>
/// The hypervisor as one engine sees it: opened for its first ring and closed with its last, and one loop that hands events to the rings
/// they are for. Engine's thread only.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "ReleaseAsync disposes of everything with the last user.")]
internal sealed class XenGateway(IoEngine engine, Func<IXenInterface> open)
{
    private const int EventBatch = 128;

    private readonly Dictionary<uint, IEventSink> _sinks = [];
    private readonly uint[] _ports = new uint[EventBatch];
    private IXenInterface? _xen;
    private IoScope? _scope;
    private IoSignal? _signal;
    private GrantCopier? _copier;
    private int _users;

    internal IGrantTable Grants => _xen!.Grants;

    internal IEventChannels Events => _xen!.Events;

    internal GrantCopier Copier => _copier!;

    /// <summary>One more user.</summary>
    /// <exception cref="BlockException">There is no hypervisor.</exception>
    internal void Acquire()
    {
        if (_users == 0)
        {
            _xen = open();
            _copier = new GrantCopier(_xen.Grants);
            Watch();
        }
        _users++;
    }

    /// <summary>One user fewer.</summary>
    internal async IoTask<int> ReleaseAsync()
    {
        if (--_users > 0)
            return 0;
        IXenInterface xen = _xen!;
        IoSignal signal = _signal!;
        GrantCopier copier = _copier!;
        _xen = null;
        _signal = null;
        _copier = null;
        _scope?.Revoke();
        await signal.CloseAsync();
        copier.Dispose();
        xen.Dispose();
        return 0;
    }

    /// <summary>Has a helper thread map a guest's pages, for that may block.</summary>
    /// <exception cref="BlockException">As <see cref="IGrantTable.Map"/> says.</exception>
    internal IoTask<GrantMapping> MapAsync(IoScope scope, uint domId, IReadOnlyList<uint> references)
    {
        IGrantTable grants = Grants;
        return engine.OffloadAsync(scope, () => grants.Map(domId, references));
    }

    /// <summary>Has a helper thread give pages back.</summary>
    internal IoTask<int> UnmapAsync(IoScope scope, params IReadOnlyList<GrantMapping> mappings)
    {
        IGrantTable grants = Grants;
        return engine.OffloadAsync(scope, () =>
        {
            foreach (GrantMapping mapping in mappings)
                grants.Unmap(mapping);
            return 0;
        });
    }

    /// <summary>Has the events of a port that was just bound go to <paramref name="sink"/>.</summary>
    internal void Listen(uint port, IEventSink sink) => _sinks[port] = sink;

    internal void Unbind(uint port)
    {
        _sinks.Remove(port);
        Events.Unbind(port);
    }

    /// <summary>Hands out the events that are there.</summary>
    internal void Dispatch()
    {
        int count = Events.Take(_ports);
        for (int i = 0; i < count; i++)
        {
            // One without a sink is about to get one, and must not stay masked; or it was let go, and unmasking it means nothing.
            if (_sinks.TryGetValue(_ports[i], out IEventSink? sink))
                sink.Raised();
            else
                Events.Unmask(_ports[i]);
        }
    }

    private void Watch()
    {
        _scope = new IoScope(engine, "event channels");
        _signal = engine.Watch(_scope, Events.Descriptor);
        _ = ListenAsync(_signal);
    }

    private async IoTask<int> ListenAsync(IoSignal signal)
    {
        while (await signal.WaitAsync() >= 0 && ReferenceEquals(signal, _signal))
            Dispatch();
        return 0;
    }
}
