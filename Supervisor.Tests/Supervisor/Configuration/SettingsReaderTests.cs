using Microsoft.Extensions.Logging;
using Tapvisor.BlockIo.Engines;
using Tapvisor.Formats.Parents;
using Tapvisor.Native;
using Tapvisor.Supervisor.Configuration;

namespace Tapvisor.Tests.Supervisor.Configuration;

public sealed class SettingsReaderTests
{
    private static readonly SettingValues s_defaults = ConfigurationFile.Load(null);

    [Fact]
    public void The_shipped_configuration_can_be_read()
    {
        ServiceSettings settings = SettingsReader.Read(s_defaults);
        Assert.Equal(LogLevel.Information, settings.LogLevel);
        Assert.Equal(IoEngineKind.Auto, settings.Engine.Kind);
        Assert.Equal(TimeSpan.FromSeconds(120), settings.Supervisor.RequestTimeout);
        Assert.Equal(8 << 20, settings.Engine.ArenaSize);
        Assert.False(settings.Supervisor.FaultInjection);
        Assert.InRange(settings.EngineCount, 1, 4);
    }

    [Theory]
    [InlineData("tapvisor.engine.kind = epoll", "tapvisor.engine.kind", "epoll", "io_uring")]
    [InlineData("tapvisor.engine.queue-entries = 7", "tapvisor.engine.queue-entries", "7", "from 8 to 4096")]
    [InlineData("tapvisor.engine.arena = many", "tapvisor.engine.arena", "many", "must be a size, as 64KiB")]
    [InlineData("tapvisor.disk.hang-timeout = soon", "tapvisor.disk.hang-timeout", "soon", "must be a duration, as 500ms")]
    [InlineData("tapvisor.fault-injection = perhaps", "tapvisor.fault-injection", "perhaps", "on or off")]
    [InlineData("tapvisor.log.level = loud", "tapvisor.log.level", "loud", "warning")]
    [InlineData("tapvisor.vhd.parent-directories = /srv", "tapvisor.vhd.parent-directories", "/srv", "must be a list")]
    [InlineData("tapvisor.xen.devices = kvm", "tapvisor.xen.devices", "kvm", "xen or loopback:DIRECTORY")]
    [InlineData("tapvisor.xen.devices = \"loopback:\"", "tapvisor.xen.devices", "loopback:", "xen or loopback:DIRECTORY")]
    [InlineData("tapvisor.xen.enabled = maybe", "tapvisor.xen.enabled", "maybe", "auto, on")]
    [InlineData("tapvisor.xen.toolstack = xm", "tapvisor.xen.toolstack", "xm", "libxl, xenopsd")]
    [InlineData("tapvisor.xen.backend-name = \"a/b\"", "tapvisor.xen.backend-name", "a/b", "letters")]
    [InlineData("tapvisor.xen.ring-page-order = 5", "tapvisor.xen.ring-page-order", "5", "from 0 to 4")]
    [InlineData("tapvisor.control-directory = \"\"", "tapvisor.control-directory", "", "empty")]
    [InlineData("tapvisor.control-group = [a]", "tapvisor.control-group", "[a]", "one value")]
    [InlineData("tapvisor.control-group = null", "tapvisor.control-group", "null", "one value")]
    [InlineData("tapvisor.control-group = ${tapvisor.nbd}", "tapvisor.control-group", "{ … }", "one value")]
    [InlineData("tapvisor.vhd.key-directories = [[/a], []]", "tapvisor.vhd.key-directories", "[[/a], []]", "absolute paths")]
    [InlineData("tapvisor.vhd.key-directories = [null]", "tapvisor.vhd.key-directories", "[null]", "absolute paths")]
    [InlineData("tapvisor.vhd.key-directories = [\"\"]", "tapvisor.vhd.key-directories", "[\"\"]", "absolute paths")]
    public void A_wrong_setting_is_named_with_its_value_and_the_rule(string hocon, string name, string value, string rule)
    {
        ServiceConfigurationException error = Assert.Throws<ServiceConfigurationException>(() => TestSettings.Of(hocon));
        Assert.Contains($"{name} is '{value}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(rule, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Durations_and_sizes_have_units()
    {
        ServiceSettings settings = TestSettings.Of("tapvisor { engine.spin = 1ms\n disk.buffers = 2MiB\n restart.window = 2m\n nbd.handshake-timeout = 250ms }");
        Assert.Equal(1000, settings.Engine.SpinMicroseconds);
        Assert.Equal(2 << 20, settings.Queue.BufferBytes);
        Assert.Equal(TimeSpan.FromMinutes(2), settings.Supervisor.RestartWindow);
        Assert.Equal(TimeSpan.FromMilliseconds(250), settings.Nbd.HandshakeTimeout);
    }

    [Fact]
    public void Parents_may_be_in_absolute_directories_only()
    {
        Assert.True(Allows(TestSettings.Of("tapvisor.vhd.parent-directories = [\"/srv/x\", \"/dev/vg\"]"), "/dev/mapper/vg-base"));
        Assert.False(Allows(TestSettings.Of("tapvisor.vhd.parent-directories = []"), "/run/sr-mount/b/base"));
        Assert.True(Allows(SettingsReader.Read(s_defaults), "/run/sr-mount/b/base"));
        ServiceConfigurationException error =
            Assert.Throws<ServiceConfigurationException>(() => TestSettings.Of("tapvisor.vhd.parent-directories = [srv]"));
        Assert.Contains("is '[srv]'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_looked_for_nowhere_unless_a_directory_is_named()
    {
        Assert.True(SettingsReader.Read(s_defaults).Images.KeyDirectories.IsEmpty);
        Assert.Equal("/srv/keys", TestSettings.Of("tapvisor.vhd.key-directories = [\"/srv/keys\"]").Images.KeyDirectories.ToString());
        Assert.Throws<ServiceConfigurationException>(() => TestSettings.Of("tapvisor.vhd.key-directories = [keys]"));
    }

    private static bool Allows(ServiceSettings settings, string parent) =>
        settings.Images.Parents.Allows("/a/leaf", parent, new CanonicalPaths(FileNames.OfHost));

    [Fact]
    public void The_longest_backoff_is_not_shorter_than_the_shortest() => Assert.Contains(
        "tapvisor.restart.backoff-maximum is '10ms'",
        Assert.Throws<ServiceConfigurationException>(
            () => TestSettings.Of("tapvisor.restart { backoff-minimum = 1s, backoff-maximum = 10ms }")).Message,
        StringComparison.Ordinal);
}
