using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Tapvisor.Tests.AkkaEmbedded.Hocon;

/// <summary>What the embedded reader does beyond, or more strictly than, Akka.NET's; not to be relied on with the packages.</summary>
public class HoconExtensionTests
{
    [Fact]
    public void Plus_equals_appends_to_a_list() =>
        Assert.Equal(["one", "two", "three"], Parse("a = [one]\na += two\na += three").GetStringList("a"));

    [Fact]
    public void An_optional_substitution_may_have_no_value()
    {
        Config config = Parse("a = ${?nowhere}\nb = 1\nb = ${?nowhere}\nc = [x, ${?nowhere}]");

        Assert.False(config.HasPath("a"));
        Assert.Equal(1, config.GetInt("b"));
        Assert.Equal(["x"], config.GetStringList("c"));
    }

    [Fact]
    public void A_substitution_falls_back_to_the_environment() =>
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), Parse("a = ${PATH}").GetString("a"));

    [Fact]
    public void A_value_may_refer_to_its_former_self() =>
        Assert.Equal(["one", "two"], Parse("a = [one]\na = ${a} [two]").GetStringList("a"));

    [Fact]
    public void Objects_are_concatenated_by_merging()
    {
        Config config = Parse("base { x = 1, y = 1 }\na = ${base} { y = 2 }");

        Assert.Equal(1, config.GetInt("a.x"));
        Assert.Equal(2, config.GetInt("a.y"));
    }

    [Fact]
    public void A_file_include_asks_for_the_file_by_its_name() =>
        Assert.Equal(1, ConfigurationFactory
            .ParseString("include file(\"x.hocon\")", name => Parser.Parse($"name = \"{name}\", a = 1", null))
            .GetInt("a"));

    [Theory]
    [InlineData("yes", true)]
    [InlineData("no", false)]
    public void Yes_and_no_are_booleans(string text, bool expected) =>
        Assert.Equal(expected, Parse($"a = {text}").GetBoolean("a", !expected));

    [Theory]
    [InlineData("us")]
    [InlineData("µs")]
    public void Microseconds_have_a_short_unit(string unit) =>
        Assert.Equal(TimeSpan.FromMicroseconds(5), Parse($"a = 5 {unit}").GetTimeSpan("a"));

    [Theory]
    [InlineData("a = 1\nb = \"open", "line 2, column 5")]
    [InlineData("a {\n  b = 1\n", "line 3, column 1")]
    [InlineData("a = 1\n\n  = 2", "line 3, column 3")]
    [InlineData("a =\n", "line 2, column 1")]
    [InlineData("a = [1, 2", "line 1, column 10")]
    [InlineData("a = 1 }", "line 1, column 7")]
    [InlineData("a = \"\\q\"", "line 1, column 8")]
    [InlineData("x = 1\na = ${nowhere}", "line 2")]
    [InlineData("a = [1] text", "cannot be concatenated")]
    [InlineData("a = ${b}\nb = ${a}", "refers to itself")]
    [InlineData("include \"x\"", "no include callback")]
    public void An_error_tells_where_it_is(string hocon, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => Parse(hocon)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_error_of_a_value_tells_its_path()
    {
        var error = Assert.Throws<FormatException>(() => Parse("tapdisk.timeout = soon").GetTimeSpan("tapdisk.timeout"));

        Assert.Contains("tapdisk.timeout", error.Message, StringComparison.Ordinal);
        Assert.Contains("soon", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_a_format_error()
    {
        const string alphabet = "ab. \n\"\\{}[]=:,+$?#/1u";
        const int seed = 4711;
        var random = new Random(seed);
        for (int round = 0; round < 20_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(16)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            Exception? error = Record.Exception(() => Parse(text));
            Assert.True(error is null or FormatException or ConfigurationException, $"seed {seed}, round {round}, text '{text}': {error}");
        }
    }

    private static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);
}
