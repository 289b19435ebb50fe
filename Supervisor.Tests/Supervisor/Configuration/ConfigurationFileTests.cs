using System.Text;
using Tapvisor.Supervisor.Configuration;

namespace Tapvisor.Tests.Supervisor.Configuration;

/// <summary>Files that cannot be settings, and files that belong together.</summary>
public sealed class ConfigurationFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_missing_file_is_an_error_that_names_it() => Refuses("/nonexistent/supervisor.hocon", "'/nonexistent/supervisor.hocon'", "No such file");

    [Fact]
    public void A_directory_is_refused() => Refuses(_directory.Path, _directory.Path, "it is a directory");

    [Fact]
    public void A_device_is_refused_without_reading_it() => Refuses("/dev/zero", "/dev/zero", "no regular file");

    [Fact]
    public void A_binary_file_is_refused()
    {
        Refuses(Written("a.hocon", [0x7f, 0x45, 0x4c, 0x46, 0, 0]), "a.hocon", "a zero byte");
        Refuses(Written("b.hocon", [0x61, 0xff, 0xfe]), "b.hocon", "no text in UTF-8");
    }

    [Fact]
    public void A_file_of_a_hundred_megabytes_is_refused_without_reading_it()
    {
        string path = _directory.At("large.hocon");
        using (FileStream file = File.Create(path))
            file.SetLength(100 << 20);
        Refuses(path, path, "104857600 bytes");
    }

    [Fact]
    public void An_empty_file_changes_nothing() => Assert.Equal(64, Read(Written("a.hocon", "")).Nbd.MaxConnections);

    [Fact]
    public void A_file_overrides_the_defaults_and_may_include_others_beside_it()
    {
        Written("common.hocon", "tapvisor.nbd.connections = 3");
        ServiceSettings settings = Read(Written("a.hocon", "include \"common.hocon\"\ntapvisor.fault-injection = on"));
        Assert.Equal(3, settings.Nbd.MaxConnections);
        Assert.True(settings.Supervisor.FaultInjection);
        Assert.Equal(TimeSpan.FromSeconds(60), settings.Queue.HangTimeout);
    }

    [Theory]
    [InlineData("include \"common.hocon\"\ntapvisor.nbd.connections = 4", 4)]
    [InlineData("tapvisor.nbd.connections = 4\ninclude file(\"common.hocon\")", 3)]
    public void What_comes_last_counts_wherever_it_stands(string text, int connections)
    {
        Written("common.hocon", "{ tapvisor.nbd.connections = 3 }");
        Assert.Equal(connections, Read(Written("a.hocon", text)).Nbd.MaxConnections);
    }

    [Fact]
    public void Files_that_include_each_other_are_refused()
    {
        Written("b.hocon", "include \"a.hocon\"");
        Refuses(Written("a.hocon", "include \"b.hocon\""), "a.hocon", "includes itself");
    }

    [Fact]
    public void Files_that_are_large_together_are_refused_whichever_part_of_them_includes_the_others()
    {
        for (int i = 0; i < 5; i++)
            Written($"{i}.hocon", $"include \"{i + 1}.hocon\"\n{new string('#', 1_000_000)}");
        Written("5.hocon", "");
        Refuses(_directory.At("0.hocon"), "4.hocon", "larger than");
    }

    [Fact]
    public void Files_that_include_others_twice_again_and_again_are_refused()
    {
        for (int i = 0; i < 25; i++)
            Written($"{i}.hocon", $"include \"{i + 1}.hocon\"\ninclude \"{i + 1}.hocon\"");
        Written("25.hocon", "");
        Refuses(_directory.At("0.hocon"), "more than 100 files");
    }

    [Fact]
    public void A_missing_included_file_is_named() => Refuses(Written("a.hocon", "\ninclude \"nowhere.hocon\""), "nowhere.hocon", "No such file");

    [Fact]
    public void A_missing_included_file_is_told_with_the_line_that_includes_it()
    {
        Written("b.hocon", "\n\ninclude \"nowhere.hocon\"");
        Refuses(Written("a.hocon", "include \"b.hocon\""), "nowhere.hocon', which", "b.hocon', line 3, includes, cannot be read: No such file");
    }

    [Fact]
    public void An_error_in_an_included_file_names_that_file_and_its_line()
    {
        Written("common.hocon", "# one\ntapvisor.nbd.connections = many");
        Refuses(Written("a.hocon", "include \"common.hocon\""), "common.hocon', line 2", "tapvisor.nbd.connections is 'many'", "must be a whole number");
    }

    [Fact]
    public void A_substitution_stands_for_what_a_setting_is_in_the_end()
    {
        Written("common.hocon", "tapvisor.resume.interval = ${tapvisor.restart.backoff-minimum}\ntapvisor.restart.backoff-minimum = 3s");
        ServiceSettings settings = Read(Written("a.hocon", "include \"common.hocon\"\ntapvisor.restart.backoff-minimum = 5s"));
        Assert.Equal(TimeSpan.FromSeconds(5), settings.Supervisor.ResumeInterval);
    }

    [Fact]
    public void A_substitution_may_use_a_name_of_the_files_own() =>
        Assert.Equal("/srv/run/tap", Read(Written("a.hocon", "base = /srv\ntapvisor.control-directory = ${base}/run/tap")).ControlDirectory);

    private static ServiceSettings Read(string path) => SettingsReader.Read(ConfigurationFile.Load(path));

    private static void Refuses(string path, params string[] parts)
    {
        string message = Assert.Throws<ServiceConfigurationException>(() => Read(path)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private string Written(string name, string text) => Written(name, Encoding.UTF8.GetBytes(text));

    private string Written(string name, byte[] bytes)
    {
        File.WriteAllBytes(_directory.At(name), bytes);
        return _directory.At(name);
    }
}
