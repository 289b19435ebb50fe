using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tapvisor.XenStore.Client;

/// <summary>How a client behaves.</summary>
public sealed record XenStoreClientOptions
{
    /// <summary>First pause before a lost connection is opened again; doubles with each failure.</summary>
    public TimeSpan ReconnectMinimum { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest such pause.</summary>
    public TimeSpan ReconnectMaximum { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Takes what an operator wants to know.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;
}
