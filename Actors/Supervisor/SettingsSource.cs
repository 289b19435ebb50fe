namespace Tapvisor.Actors.Supervisor;

/// <summary>The settings in force; a reload replaces them under running actors.</summary>
public sealed class SettingsSource(SupervisorSettings settings)
{
    private volatile SupervisorSettings _current = settings;

    /// <summary>As of now.</summary>
    public SupervisorSettings Current
    {
        get => _current;
        set => _current = value;
    }
}
