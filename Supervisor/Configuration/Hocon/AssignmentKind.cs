namespace Tapvisor.Supervisor.Configuration.Hocon;

/// <summary>What a settings file gives a name.</summary>
internal enum AssignmentKind
{
    /// <summary>A text, number, switch, or what a substitution stands for.</summary>
    Value,

    /// <summary>[ … ].</summary>
    List,

    /// <summary>{ … }.</summary>
    Group,
}
