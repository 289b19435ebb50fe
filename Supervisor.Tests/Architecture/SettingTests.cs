using System.Reflection;
using Tapvisor.Supervisor.Configuration;

namespace Tapvisor.Tests.Architecture;

/// <summary>config/supervisor.hocon promises nothing that no test has seen.</summary>
public sealed class SettingTests
{
    private const string Ours = "tapvisor.";

    private static readonly string[] s_settings =
        [.. ConfigurationFile.Names().Settings.Where(name => name.StartsWith(Ours, StringComparison.Ordinal))];

    private static readonly string[] s_shown =
    [
        .. typeof(SettingTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .SelectMany(method => method.GetCustomAttributes<SettingAttribute>())
            .Select(setting => setting.Name)
            .Distinct(),
    ];

    [Fact]
    public void Every_setting_has_a_test_that_shows_its_effect() => Assert.Empty(s_settings.Except(s_shown));

    [Fact]
    public void Every_setting_that_a_test_names_exists() => Assert.Empty(s_shown.Except(s_settings));

    [Fact]
    public void Only_what_is_run_as_a_test_shows_anything() => Assert.Empty(
        typeof(SettingTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(method => method.IsDefined(typeof(SettingAttribute)) && !method.IsDefined(typeof(FactAttribute)))
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}"));
}
