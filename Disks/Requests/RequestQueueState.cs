namespace Tapvisor.Disks.Requests;

/// <summary>What a queue does with requests.</summary>
public enum RequestQueueState
{
    /// <summary>No image: requests wait.</summary>
    Holding,

    /// <summary>Requests go to the image.</summary>
    Running,

    /// <summary>Those at the image finish, new ones wait.</summary>
    Quiescing,

    /// <summary>The driver failed: those at the image unwind, new ones wait.</summary>
    Faulted,

    /// <summary>Given up: every request is answered with an error.</summary>
    Failed,
}
