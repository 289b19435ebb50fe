using System.Reflection;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>The version that the build gave this service.</summary>
internal static class ServiceVersion
{
    internal static string Text { get; } =
        typeof(ServiceVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
