using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.TapCtl;
using Tapvisor.Tests.Control;

namespace Tapvisor.Tests.TapCtl;

/// <summary>Every captured command line of upstream's tap-ctl, run against what upstream's tapdisk answered.</summary>
public sealed class CapturedCommandTests
{
    /// <summary>Where Tapvisor's tap-ctl differs on purpose, and what it does instead.</summary>
    private static readonly Dictionary<string, TapCtlRun> Intended = new()
    {
        // The usage names three more commands.
        ["usage-none"] = new(0, CommandTable.Usage, ""),

        // W-24: an unknown command exits 0 and says nothing but the usage.
        ["usage-badcmd"] = NoCommand("frobnicate"),
        ["usage-longcmd"] = NoCommand(new string('x', 30)),

        // W-24: attach and detach make EINVAL of every error.
        ["attach-no-marker"] = new(1, "", "Operation not permitted\n"),
        ["attach-again"] = new(17, "", "File exists\n"),
        ["detach-open"] = new(16, "", "Device or resource busy\n"),
        ["detach-again"] = new(19, "", "No such device\n"),

        // W-24: stats makes two empty lines and success of an error.
        ["stats-badminor"] = new(19, "", "No such device\n"),
    };

    /// <summary>Commands whose requests differ on purpose.</summary>
    private static readonly string[] OtherRequests =
    [
        // W-28: upstream silently cuts a path of 255 bytes, which fits, to 254.
        "open-255",

        // What cannot be sent fails before there is a disk to send it to.
        "create-toolong",
    ];

    public static TheoryData<string> Labels => [.. CapturedCommand.All.Keys.Except(["list-debug", "pause-t"])];

    [Theory]
    [MemberData(nameof(Labels))]
    public void A_captured_command_prints_and_exits_as_upstream_does(string label)
    {
        CapturedCommand command = CapturedCommand.All[label];
        using TemporaryControlDirectory temporary = new();
        temporary.AddMarkers(command.Markers);
        foreach (int minor in command.Locked ?? [])
            temporary.Own(temporary.Minors.Attach(minor));
        CapturedConversation conversation = new(command, temporary);

        TapCtlRun run = TapCtlRun.Of(temporary.Directory, command.Args, command.Tty);

        TapCtlRun expected = Intended.GetValueOrDefault(label) ?? new TapCtlRun(command.Exit, command.Stdout, command.Stderr);
        Assert.Equal(expected.ExitCode, run.ExitCode);
        string output = run.Output.Replace(temporary.Directory.Path, ControlDirectory.DefaultPath, StringComparison.Ordinal);
        Assert.Equal(expected.Output.ReplaceLineEndings("\n"), output);
        Assert.Equal(expected.Error, Intended.ContainsKey(label) ? run.Error : WithoutSentence(run.Error, command.Args));
        if (!OtherRequests.Contains(label))
            Assert.Equal(conversation.CapturedRequests, Comparable(conversation, command));
    }

    /// <summary>Tapdisks are asked at once, so that --debug shows the requests first.</summary>
    [Fact]
    public void Debug_shows_the_captured_lines()
    {
        CapturedCommand command = CapturedCommand.All["list-debug"];
        using TemporaryControlDirectory temporary = new();
        temporary.AddMarkers(command.Markers);
        _ = new CapturedConversation(command, temporary);
        TapCtlRun run = TapCtlRun.Of(temporary.Directory, command.Args);
        Assert.Equal(command.Stdout.Split('\n').Order(StringComparer.Ordinal), run.Output.Split('\n').Order(StringComparer.Ordinal));
    }

    /// <summary>W-24: upstream takes it for a usage error.</summary>
    [Fact]
    public void Pause_takes_a_timeout()
    {
        using TemporaryControlDirectory temporary = new();
        temporary.AddTapdisk(13949, FakeTapdisk.WithPid(13949, request => new TapdiskResponse.Pause(request.Cookie)));
        Assert.Equal(new TapCtlRun(0, "", ""), TapCtlRun.Of(temporary.Directory, CapturedCommand.All["pause-t"].Args));
    }

    /// <summary>Asking the service for its pid is what spawn and create add.</summary>
    private static IEnumerable<string> Comparable(CapturedConversation conversation, CapturedCommand command) =>
        command.Args is ["create" or "spawn", ..]
            ? conversation.SeenRequests.Where(request => !request.StartsWith("03", StringComparison.Ordinal))
            : conversation.SeenRequests;

    /// <summary>Failures that tap-ctl finds itself have a sentence before the line that upstream prints.</summary>
    private static string WithoutSentence(string error, string[] arguments) =>
        arguments.Length > 0 && error.StartsWith($"tap-ctl {arguments[0]}: ", StringComparison.Ordinal)
            ? error[(error.IndexOf('\n', StringComparison.Ordinal) + 1)..]
            : error;

    private static TapCtlRun NoCommand(string name) =>
        new(22, "", $"tap-ctl: there is no command '{name}'\n{CommandTable.Usage}Invalid argument\n");
}
