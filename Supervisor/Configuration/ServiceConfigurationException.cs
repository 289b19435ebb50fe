namespace Tapvisor.Supervisor.Configuration;

/// <summary>The configuration cannot be used; the message is one sentence that names the setting and its value.</summary>
internal sealed class ServiceConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
