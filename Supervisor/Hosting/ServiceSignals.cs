using System.Runtime.InteropServices;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>
/// The signals of a service, from the first moment on: until somebody listens to one, its default would kill the process, and with it the
/// disks that it is bringing back.
/// </summary>
internal sealed class ServiceSignals : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _guard = new();
    private Action? _reload;
    private bool _reloadAsked;

    /// <summary>SIGTERM, SIGINT or SIGQUIT came; one more of them changes nothing.</summary>
    internal CancellationToken End => _end.Token;

    /// <summary>Begins to listen.</summary>
    internal static ServiceSignals Listen()
    {
        var signals = new ServiceSignals();
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            signals._registrations.Add(PosixSignalRegistration.Create(signal, signals.OnEnd));
        signals._registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, signals.OnReload));
        return signals;
    }

    /// <summary>Has SIGHUP call <paramref name="reload"/>; at once, if one came before.</summary>
    internal void OnReload(Action reload)
    {
        lock (_guard)
        {
            _reload = reload;
            if (_reloadAsked)
                reload();
            _reloadAsked = false;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _end.Dispose();
    }

    private void OnEnd(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _end.Cancel();
    }

    private void OnReload(PosixSignalContext signal)
    {
        signal.Cancel = true;
        lock (_guard)
        {
            if (_reload is null)
                _reloadAsked = true;
            else
                _reload();
        }
    }
}
