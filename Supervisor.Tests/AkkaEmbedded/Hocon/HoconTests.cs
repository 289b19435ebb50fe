using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Tapvisor.Tests.AkkaEmbedded.Hocon;

public class HoconTests
{
    [Fact]
    public void Keys_may_be_nested_or_dotted()
    {
        Config config = "a { b { c = 1 } }\na.b.d = 2";

        Assert.Equal(1, config.GetInt("a.b.c"));
        Assert.Equal(2, config.GetInt("a.b.d"));
    }

    [Fact]
    public void Equals_sign_and_colon_both_assign()
    {
        Config config = "a = 1\nb : 2";

        Assert.Equal(1, config.GetInt("a"));
        Assert.Equal(2, config.GetInt("b"));
    }

    [Fact]
    public void A_later_value_wins_and_objects_are_merged()
    {
        Config config = "a { x = 1, y = 1 }\na { y = 2, z = 2 }";

        Assert.Equal(1, config.GetInt("a.x"));
        Assert.Equal(2, config.GetInt("a.y"));
        Assert.Equal(2, config.GetInt("a.z"));
    }

    [Fact]
    public void Comments_are_skipped()
    {
        Config config = "# one\na = 1 # two\n// three\nb = 2 // four";

        Assert.Equal(1, config.GetInt("a"));
        Assert.Equal(2, config.GetInt("b"));
    }

    [Theory]
    [InlineData("a = plain", "plain")]
    [InlineData("a = two words", "two words")]
    [InlineData("a = \"# no comment\"", "# no comment")]
    [InlineData("a = \"tab\\there\"", "tab\there")]
    [InlineData("a = \"\\u0041\"", "A")]
    [InlineData("a = \"\"\"raw \\ \"text\" end\"\"\"", "raw \\ \"text\" end")]
    [InlineData("a = /var/run/tap", "/var/run/tap")]
    public void Texts_may_be_plain_or_quoted(string hocon, string expected) =>
        Assert.Equal(expected, ConfigurationFactory.ParseString(hocon).GetString("a"));

    [Fact]
    public void A_quoted_key_may_have_a_dot() =>
        Assert.Equal(1, ConfigurationFactory.ParseString("a { \"b.c\" = 1 }").GetInt("a.\"b.c\""));

    [Fact]
    public void Arrays_are_read_as_lists()
    {
        Config config = "a = [one, two, \"three four\"]\nb = [\n1\n2\n]";

        Assert.Equal(["one", "two", "three four"], config.GetStringList("a"));
        Assert.Equal([1, 2], config.GetIntList("b"));
    }

    [Fact]
    public void Substitutions_refer_to_values_anywhere()
    {
        Config config = "dir = /run\nsocket = ${dir}/ctl\ncopy = ${base}\nbase { x = 1 }";

        Assert.Equal("/run/ctl", config.GetString("socket"));
        Assert.Equal(1, config.GetInt("copy.x"));
    }

    [Fact]
    public void A_substitution_without_a_value_is_refused() =>
        Assert.Throws<FormatException>(() => ConfigurationFactory.ParseString("a = ${nowhere}"));

    [Fact]
    public void An_included_text_is_merged_where_it_is_included()
    {
        Config config = ConfigurationFactory.ParseString(
            "a { include \"other\"\n y = 2 }", name => Parser.Parse(name == "other" ? "x = 1, y = 1" : "", null));

        Assert.Equal(1, config.GetInt("a.x"));
        Assert.Equal(2, config.GetInt("a.y"));
    }

    [Theory]
    [InlineData("5s", 5_000)]
    [InlineData("5 s", 5_000)]
    [InlineData("1.5 seconds", 1_500)]
    [InlineData("20ms", 20)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("250", 250)]
    [InlineData("infinite", -1)]
    public void Durations_have_units(string text, int milliseconds) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(milliseconds), ConfigurationFactory.ParseString($"a = {text}").GetTimeSpan("a"));

    [Theory]
    [InlineData("512", 512)]
    [InlineData("512b", 512)]
    [InlineData("4kB", 4_000)]
    [InlineData("4KiB", 4_096)]
    [InlineData("4k", 4_096)]
    [InlineData("2 MiB", 2_097_152)]
    [InlineData("2MB", 2_000_000)]
    [InlineData("1G", 1_073_741_824)]
    public void Sizes_have_units(string text, long bytes) =>
        Assert.Equal(bytes, ConfigurationFactory.ParseString($"a = {text}").GetByteSize("a"));

    [Theory]
    [InlineData("on", true)]
    [InlineData("true", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    public void Switches_are_read_as_booleans(string text, bool expected) =>
        Assert.Equal(expected, ConfigurationFactory.ParseString($"a = {text}").GetBoolean("a", !expected));

    [Fact]
    public void What_is_missing_has_the_default()
    {
        Config config = "a = 1";

        Assert.False(config.HasPath("b"));
        Assert.Equal(7, config.GetInt("b", 7));
        Assert.Equal("x", config.GetString("b.c", "x"));
        Assert.Null(config.GetString("b"));
        Assert.Null(config.GetByteSize("b", null));
        Assert.Null(config.GetConfig("b"));
        Assert.Empty(config.GetStringList("b"));
        Assert.Equal(TimeSpan.FromSeconds(1), config.GetTimeSpan("b", TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_fallback_fills_what_is_missing()
    {
        Config config = ConfigurationFactory.ParseString("a { x = 1 }").WithFallback("a { x = 2, y = 2 }\nb = 2");

        Assert.Equal(1, config.GetInt("a.x"));
        Assert.Equal(2, config.GetInt("a.y"));
        Assert.Equal(2, config.GetConfig("a").GetInt("y"));
        Assert.Equal(2, config.GetInt("b"));
    }

    [Fact]
    public void A_configuration_is_written_so_that_it_reads_back_the_same()
    {
        Config config = "a { b = \"x y\", list = [1, two] }\nc = 5s";
        Config again = config.ToString();

        Assert.Equal("x y", again.GetString("a.b"));
        Assert.Equal(["1", "two"], again.GetStringList("a.list"));
        Assert.Equal(TimeSpan.FromSeconds(5), again.GetTimeSpan("c"));
    }

    [Fact]
    public void An_empty_text_is_an_empty_configuration()
    {
        Assert.True(ConfigurationFactory.Empty.IsEmpty);
        Assert.False(ConfigurationFactory.ParseString("").HasPath("a"));
    }

    [Fact]
    public void The_defaults_of_the_actor_system_are_there() =>
        Assert.Equal(
            TimeSpan.FromSeconds(5), ConfigurationFactory.Default().GetTimeSpan("akka.coordinated-shutdown.default-phase-timeout"));

    [Fact]
    public void An_assignment_within_a_text_is_refused() =>
        Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString("a = b=c"));

    [Theory]
    [InlineData("a = 5parsecs")]
    [InlineData("a = -5s")]
    public void A_duration_that_is_none_is_refused(string hocon) =>
        Assert.Throws<FormatException>(() => ConfigurationFactory.ParseString(hocon).GetTimeSpan("a"));

    [Fact]
    public void A_number_that_is_none_is_refused() =>
        Assert.Throws<FormatException>(() => ConfigurationFactory.ParseString("a = many").GetInt("a"));
}
