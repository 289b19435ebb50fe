using Microsoft.Extensions.Logging;
using Tapvisor.Supervisor.Configuration;

namespace Tapvisor.Tests.Supervisor.Configuration;

/// <summary>What a settings file may look like, and what is refused with its line.</summary>
public sealed class HoconTests
{
    [Theory]
    [InlineData("tapvisor { nbd { connections = 5 } }")]
    [InlineData("tapvisor.nbd.connections = 5")]
    [InlineData("tapvisor.nbd { connections : 5, handshake-timeout = 1s }")]
    [InlineData("tapvisor\n{\n nbd\n {\n  connections\t=\n 5 } }")]
    [InlineData("{ \"tapvisor\" { \"nbd\".connections = \"5\" } }")]
    [InlineData("# one\n// two\ntapvisor.nbd.connections = 5 # three")]
    [InlineData("tapvisor.nbd.connections = 4\ntapvisor { nbd.connections = 5 }")]
    [InlineData("tapvisor.nbd.connections = \"\"\"5\"\"\"")]
    [InlineData("tapvisor.nbd.connections = 5\r\n")]
    public void A_setting_can_be_written_in_many_ways(string text) => Assert.Equal(5, TestSettings.Of(text).Nbd.MaxConnections);

    [Theory]
    [InlineData("[]", "")]
    [InlineData("[ ]", "")]
    [InlineData("[ \r\n]", "")]
    [InlineData("[/a] # the first", "/a")]
    [InlineData("[/a] ", "/a")]
    [InlineData("${keys} # the first\nkeys = [/a] ", "/a")]
    [InlineData("[\r\n /a,\r\n /b\r\n]", "/a, /b")]
    [InlineData("[\"/a\"]", "/a")]
    [InlineData("[\"/a\", /b,]", "/a, /b")]
    [InlineData("[\n /a # first\n /b\n]", "/a, /b")]
    public void Lists_are_lists(string text, string directories) =>
        Assert.Equal(directories, TestSettings.Of($"tapvisor.vhd.key-directories = {text}").Images.KeyDirectories.ToString());

    [Theory]
    [InlineData("on", true)]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("\"on\"", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    [InlineData("no", false)]
    public void Switches_have_three_words_each(string text, bool expected) =>
        Assert.Equal(expected, TestSettings.Of($"tapvisor.fault-injection = {text}").Supervisor.FaultInjection);

    [Theory]
    [InlineData("100us", 100)]
    [InlineData("100 µs", 100)]
    [InlineData("0.5ms", 500)]
    [InlineData("1", 1000)]
    [InlineData("1 milliseconds", 1000)]
    [InlineData("900000ns", 900)]
    public void Durations_have_the_units_of_the_specification(string text, int microseconds) =>
        Assert.Equal(microseconds, TestSettings.Of($"tapvisor.engine.spin = {text}").Engine.SpinMicroseconds);

    [Theory]
    [InlineData("2097152", 2 << 20)]
    [InlineData("2048k", 2 << 20)]
    [InlineData("2 MiB", 2 << 20)]
    [InlineData("1.5MiB", 3 << 19)]
    [InlineData("2MB", 2_000_000)]
    public void Sizes_have_the_units_of_the_specification(string text, int bytes) =>
        Assert.Equal(bytes, TestSettings.Of($"tapvisor.disk.buffers = {text}").Queue.BufferBytes);

    [Theory]
    [InlineData("tapvisor {\n  nbd {\n", "line 3", "the '{' of line 2 is not closed")]
    [InlineData("tapvisor { }\n}\ntapvisor.fault-injection = on", "line 2", "'}' closes nothing")]
    [InlineData("\ntapvisor.nbd.connections", "line 2", "has no value")]
    [InlineData("tapvisor.nbd.connections =\n", "line 1", "has no value")]
    [InlineData("tapvisor.nbd.connections = 5 = 6", "line 1", "'=' in tapvisor.nbd.connections must be within quotes")]
    [InlineData("tapvisor.xen.devices = loopback:/x", "line 1", "':' in tapvisor.xen.devices must be within quotes")]
    [InlineData("tapvisor.control-group = \"open\n\"", "line 1", "a quotation is not closed")]
    [InlineData("tapvisor.control-group = \"\"\"open\n", "line 1", "a quotation is not closed")]
    [InlineData("tapvisor.control-group = \"a\\q\"", "line 1", "'\\q' is not understood")]
    [InlineData("tapvisor.vhd.key-directories = [/a", "line 1", "the '[' of line 1 is not closed")]
    [InlineData("tapvisor.vhd.key-directories = [/a }", "line 1", "'}' is not expected in the list")]
    [InlineData("tapvisor.vhd.key-directories = [/a & /b]", "line 1", "'&' in tapvisor.vhd.key-directories must be within quotes")]
    [InlineData("tapvisor.vhd.key-directories = [,]", "line 1", "an element of tapvisor.vhd.key-directories is missing")]
    [InlineData("tapvisor.vhd.key-directories = [/a] [/b]", "line 1", "cannot be put together")]
    [InlineData("tapvisor.vhd.key-directories += /a", "line 1", "'+=' is not understood")]
    [InlineData("tapvisor.control-group = ${?GROUP}", "line 1", "optional substitutions")]
    [InlineData("tapvisor.control-group = ${group}", "line 1", "nothing has that name")]
    [InlineData("a = ${b}\nb = ${a}\ntapvisor.control-group = ${a}", "line 1", "it leads back to itself")]
    [InlineData("tapvisor.log = ${tapvisor}", "line 1", "tapvisor.log")]
    [InlineData("tapvisor { include \"x\" }", "line 1", "include stands outside every group")]
    [InlineData("tapvisor.nbd { connections = 5 } }", "line 1", "'}' closes nothing")]
    [InlineData("{ } tapvisor.nbd.connections = 5", "line 1", "'t' follows the last '}'")]
    [InlineData("tapvisor {\n control-group = \"a\"\u00a0,\n fault-injection = on\n}", "line 2", "the space U+00A0 must be within quotes")]
    [InlineData("tapvisor.nbd.connections\u00a0= 5", "line 1", "the space U+00A0 must be within quotes")]
    [InlineData("\n\ftapvisor.nbd.connections = 5", "line 2", "the space U+000C must be within quotes")]
    public void What_is_not_understood_is_refused_with_its_line(string text, string line, string reason)
    {
        string message = Assert.Throws<ServiceConfigurationException>(() => TestSettings.Of(text)).Message;
        Assert.Contains(line, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("tapvisor.nbd.conections = 5", "tapvisor.nbd.conections is no setting; the nearest one is tapvisor.nbd.connections")]
    [InlineData("tapvisor { egine { kind = auto } }", "the nearest one is tapvisor.engine")]
    [InlineData("tapvizor.fault-injection = on", "the nearest one is tapvisor.fault-injection")]
    [InlineData("engine.kind = auto", "engine.kind is no setting; the nearest one is tapvisor.engine.kind")]
    [InlineData("tapvisor.engine = auto", "tapvisor.engine is a group of settings")]
    [InlineData("tapvisor.fault-injection { a = 1 }", "tapvisor.fault-injection")]
    [InlineData("akka.log-dead-leters = on", "the nearest one is akka.log-dead-letters")]
    [InlineData("akka.loglevel = DEBUG", "cannot be set: it follows from tapvisor.log.level")]
    [InlineData("akka.actor.serialize-messages = on", "cannot be set: no message leaves the process")]
    public void A_misspelt_or_misplaced_name_is_refused_with_the_nearest(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<ServiceConfigurationException>(() => TestSettings.Of(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("akka.actor.ask-timeout = 10s\nakka.log-dead-letters = on")]
    [InlineData("akka.actor.ask-timeout = infinite\nakka.log-dead-letters = 5")]
    [InlineData("akka.actor.ask-timeout = banana\nakka.actor.ask-timeout = 5 seconds")]
    [InlineData("akka { actor { default-dispatcher { throughput = 5, fork-join-executor.parallelism-factor = 1.5 } } }")]
    [InlineData("akka.channel-scheduler.parallelism-factor = 0.5\nakka.actor.typed.timeout = 5s\nakka.actor.debug.unhandled = true")]
    [InlineData("akka.io.tcp.send-buffer-size = 16k\nakka.actor.deployment.default.routees.paths = [a]\nn = 5\nakka.actor.inbox.inbox-size = ${n}")]
    public void A_setting_of_akka_is_accepted(string text) => TestSettings.Of(text);

    [Fact]
    public void Every_value_of_akkas_own_is_of_its_kind()
    {
        AkkaDefaults defaults = AkkaDefaults.Read();
        Akka.Configuration.Config values = Akka.Configuration.ConfigurationFactory.Default();
        string[] settings = [.. defaults.Settings.Where(name => !name.Contains('"', StringComparison.Ordinal))];
        Assert.Contains("akka.actor.default-dispatcher.throughput", settings);
        Assert.All(settings, name => Assert.Null(defaults.Fault(name, values.GetValue(name))));
    }

    [Theory]
    [InlineData("akka.coordinated-shutdown.default-phase-timeout = 0", "cannot be set")]
    [InlineData("akka.coordinated-shutdown = null", "cannot be set")]
    [InlineData("akka.actor.default-mailbox { mailbox-type = x }", "cannot be set")]
    [InlineData("akka.actor.provider = remote", "cannot be set")]
    [InlineData("akka.log-dead-letters = banana", "akka.log-dead-letters is 'banana', but it must be a number")]
    [InlineData("akka.actor.ask-timeout = banana", "akka.actor.ask-timeout is 'banana', but it must be")]
    [InlineData("akka.actor.default-dispatcher.throughput = banana", "is 'banana', but it must be a number")]
    [InlineData("akka.actor = 5", "akka.actor is a group of settings")]
    [InlineData("akka.actor = []", "akka.actor is a group of settings")]
    [InlineData("akka.actor.ask-timeout { a = 1 }", "akka.actor.ask-timeout")]
    [InlineData("akka.log-dead-letters = [1]", "is one value, not a list")]
    [InlineData("akka = 5", "akka is a group of settings")]
    [InlineData("akka.\"\\\"\" = 1", "is no setting of Akka.NET")]
    [InlineData("akka.\"\" = 1", "is no setting of Akka.NET")]
    [InlineData("akka.actor.default-dispatcher.type = Nonsense", "cannot be set")]
    [InlineData("akka.actor.default-dispatcher.executor = Nonsense", "cannot be set")]
    [InlineData("akka.actor.mailbox.unbounded-queue-based.mailbox-type = Nonsense", "cannot be set")]
    [InlineData("akka.actor.serializers.bytes = Nonsense", "cannot be set")]
    [InlineData("akka.actor.default-dispatcher.throughput = on", "is 'on', but it must be a number")]
    [InlineData("akka.actor.default-dispatcher.throughput = 99999999999", "is '99999999999', but it must be a number")]
    [InlineData("akka.actor.default-dispatcher.throughput = -1", "is '-1', but it must be a number")]
    [InlineData("akka.actor.default-dispatcher.throughput = 1.5", "is '1.5', but it must be a number")]
    [InlineData("akka.actor.default-dispatcher.fork-join-executor.parallelism-factor = 5s", "is '5s', but it must be a number")]
    [InlineData("akka.log-config-on-start = yes", "is 'yes', but it must be on or off")]
    [InlineData("akka.log-dead-letters = yes", "is 'yes', but it must be a number, or on or off")]
    [InlineData("akka.actor.ask-timeout = 5us", "is '5us', but it must be a duration")]
    [InlineData("akka.actor.ask-timeout = -5s", "is '-5s', but it must be a duration")]
    [InlineData("akka.actor.ask-timeout = null", "is 'null', but it must be one value")]
    [InlineData("akka.actor.creation-timeout = infinite", "is 'infinite', but it must be a duration")]
    [InlineData("akka.actor.creation-timeout = 99999999999d", "but it must be a duration")]
    [InlineData("akka.actor.inbox.inbox-size = ${tapvisor.nbd}", "is '{ … }', but it must be one value")]
    [InlineData("akka.io.tcp.send-buffer-size = banana", "is 'banana', but it must be a size")]
    [InlineData("akka.actor.deployment.default.routees.paths = a", "is 'a', but it must be a list")]
    public void A_setting_of_akka_that_could_not_be_is_refused_where_it_stands(string text, string reason)
    {
        string message = Assert.Throws<ServiceConfigurationException>(() => TestSettings.Of(text)).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains("line 1", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("engine { kind = libaio }", "tapvisor.engine")]
    [InlineData("disk.hang-timeout = 5s", "tapvisor.disk.hang-timeout")]
    [InlineData("hang-timeout = 5s", "tapvisor.disk.hang-timeout")]
    [InlineData("hang-timeot = 5s", "tapvisor.disk.hang-timeout")]
    [InlineData("engine.knd = auto", "tapvisor.engine.kind")]
    public void A_name_without_its_beginning_is_told_with_it(string text, string nearest) =>
        Assert.EndsWith($"the nearest one is {nearest}.", Assert.Throws<ServiceConfigurationException>(() => TestSettings.Of(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("tapvisor {\n log { level = debug },\n disk { buffers = 8MiB },\n}\n")]
    [InlineData("{ \"tapvisor\" : { \"log\" : { \"level\" : \"debug\" }, \"disk\" : { \"buffers\" : \"8MiB\" } } }")]
    [InlineData("tapvisor { log { level = debug } , disk.buffers = 8MiB, }")]
    public void Commas_may_follow_groups(string text)
    {
        ServiceSettings settings = TestSettings.Of(text);
        Assert.Equal((8 << 20, LogLevel.Debug), (settings.Queue.BufferBytes, settings.LogLevel));
    }

    [Theory]
    [InlineData("tapvisor.control-directory = \"/x\\u0000y\"")]
    [InlineData("include \"a\\u0000b\"")]
    [InlineData("tapvisor.vhd.parent-directories = [\"/a\\u0000b\"]")]
    public void A_zero_byte_is_refused_wherever_it_is_written(string text) => Assert.Contains("\\u0000", Refusal(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("tapvisor.log.level = \"a\\nb\"")]
    [InlineData("tapvisor.log.level = \"a\\u001b[31mb\"")]
    [InlineData("tapvisor.log.level = \"a\\u202eb\"")]
    [InlineData("tapvisor.log.level = \"a\\u2028b\"")]
    [InlineData("include \"a\\nb\"")]
    [InlineData("\"tap\\nvisor\" = 1")]
    [InlineData("tapvisor.vhd.parent-directories = [\"a\\nb\"]")]
    public void A_refusal_is_one_line_and_no_order_to_a_terminal(string text) =>
        Assert.DoesNotContain(Refusal(text), sign => char.IsControl(sign) || sign is '\u202e' or '\u2028');

    [Fact]
    public void A_refusal_is_short_whatever_it_is_about()
    {
        Assert.InRange(Refusal(new string('a', 1 << 20) + " = 1").Length, 1, 700);
        string message = Assert.Throws<ServiceConfigurationException>(() => TestSettings.Of($"tapvisor.log.level = {new string('a', 1 << 20)}")).Message;
        Assert.InRange(message.Length, 1, 700);
        Assert.Contains("must be one of", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("include required(\"x\")")]
    [InlineData("include url(\"x\")")]
    [InlineData("include classpath(\"x\")")]
    public void Only_files_are_included(string text) => Assert.Contains("include \"FILE\"", Refusal(text), StringComparison.Ordinal);

    [Fact]
    public void Nesting_has_a_limit() =>
        Assert.Contains("within each other", Refusal($"tapvisor.vhd.key-directories = {new string('[', 10_000)}"), StringComparison.Ordinal);

    [Fact]
    public void A_sentence_stays_on_its_line_whatever_the_file_contains() =>
        Assert.DoesNotContain('\e', Refusal("tapvisor.a\e[31mb = 1 = 2"));

    [Fact]
    public void Any_text_is_read_or_refused_in_one_line()
    {
        const string Alphabet = "ab. \n\"\\{}[]=:,+$?#/1&";
        const int Seed = 4711;
        var random = new Random(Seed);
        for (int round = 0; round < 20_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(16)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            Exception? error = Record.Exception(() => ConfigurationFile.LoadText(text + "\n", "fuzz"));
            Assert.True(
                error is null || (error is ServiceConfigurationException && !error.Message.Contains('\n', StringComparison.Ordinal)),
                $"seed {Seed}, round {round}, text '{text}': {error}");
        }
    }

    [Fact]
    public void Substitutions_that_double_a_text_again_and_again_are_refused()
    {
        string text = string.Concat(Enumerable.Range(1, 40).Select(i => $"x{i} = ${{x{i - 1}}}${{x{i - 1}}}\n"));
        Assert.Contains("leads to more than 100 others", Refusal($"x0 = a\n{text}tapvisor.control-group = ${{x40}}"), StringComparison.Ordinal);
    }

    [Fact]
    public void More_substitutions_than_anybody_needs_are_refused() => Assert.Contains(
        "one of more than 200 substitutions",
        Refusal("a = b\n" + string.Concat(Enumerable.Repeat("tapvisor.control-group = ${a}\n", 30_000))),
        StringComparison.Ordinal);

    private static string Refusal(string text) => Assert.Throws<ServiceConfigurationException>(() => TestSettings.Of(text)).Message;
}
