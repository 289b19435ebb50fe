using System.Configuration.Internal;
using System.Runtime.CompilerServices;

namespace Tapvisor.Supervisor.Configuration;

/// <summary>
/// Answers that there is no app.config. Akka asks <see cref="System.Configuration.ConfigurationManager"/> for one at each start, even when it is
/// given its settings; to find that there is none costs a fifth of the start and 6 MiB for XML, and a file beside the program that
/// nobody documents would override settings. There is no public way to say so (dotnet/runtime keeps SetConfigurationSystem internal).
/// </summary>
internal sealed class NoApplicationConfiguration : IInternalConfigSystem
{
    public bool SupportsUserConfig => false;

    public object? GetSection(string configKey) => null;

    public void RefreshConfig(string sectionName)
    {
    }

    /// <summary>From here on, and before anybody has asked.</summary>
    internal static void Install() => SetConfigurationSystem(null, new NoApplicationConfiguration(), initComplete: true);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod)]
    private static extern void SetConfigurationSystem(
        [UnsafeAccessorType("System.Configuration.ConfigurationManager, System.Configuration.ConfigurationManager")] object? manager,
        IInternalConfigSystem configSystem,
        bool initComplete);
}
