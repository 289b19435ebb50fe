using Tapvisor.Supervisor.Configuration;

namespace Tapvisor.Tests.Supervisor.Configuration;

/// <summary>Settings from text, as the service would have them.</summary>
internal static class TestSettings
{
    /// <summary>The shipped configuration with <paramref name="hocon"/> over it.</summary>
    internal static ServiceSettings Of(string hocon) => SettingsReader.Read(ConfigurationFile.LoadText(hocon, "test"));
}
