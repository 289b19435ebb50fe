using System.Text.RegularExpressions;

namespace Tapvisor.Tests.Architecture;

/// <summary>Rules that sources show and assemblies do not.</summary>
public sealed partial class SourceRuleTests
{
    // Beyond that a file has two rooms.
    private const int MostLines = 400;

    [SkippableFact]
    public void No_file_is_too_long_to_be_read_at_once() =>
        Assert.DoesNotContain(SourceTree.Files, file => SourceTree.Lines(file).Length > MostLines);

    [SkippableFact]
    public void Every_file_has_one_type_and_its_name()
    {
        IEnumerable<string> wrong = SourceTree.Files
            .Where(file => !file.StartsWith("Supervisor.Tests/", StringComparison.Ordinal))

            // What C has in one header is in one file there.
            .Where(file => !file.StartsWith("Native/", StringComparison.Ordinal))
            .Where(file => Type().Count(SourceTree.Text(file)) > 1);
        Assert.Empty(wrong);
    }

    [SkippableFact]
    public void Names_in_the_control_directory_have_one_owner()
    {
        IEnumerable<string> others = SourceTree.Files
            .Where(file => !file.StartsWith("Supervisor.Tests/", StringComparison.Ordinal)
                && !file.StartsWith("Benchmarks/", StringComparison.Ordinal)
                && !file.StartsWith("Control/", StringComparison.Ordinal))
            .Where(file => ControlName().IsMatch(SourceTree.Text(file)));
        Assert.Empty(others);
    }

    [SkippableFact]
    public void Nothing_is_left_to_do_by_its_own_words() => Assert.DoesNotContain(
        SourceTree.Files,
        file => !file.EndsWith($"{nameof(SourceRuleTests)}.cs", StringComparison.Ordinal) && Unfinished().IsMatch(SourceTree.Text(file)));

    [GeneratedRegex(@"^(?:(?:public|internal|sealed|static|abstract|partial|readonly|unsafe|ref) )*(?:class|record|struct|interface|enum) \w", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex("""
        "[^"\n]*\b(?:ctl|nbd|nbd-old|nbdserver|nbdserver-new|nbdclient)\{[^"\n]*"|service\.log
        """)]
    private static partial Regex ControlName();

    [GeneratedRegex(@"\b(?:TODO|HACK|XXX|NotImplementedException)\b|\bFIXME\b(?!_)")]
    private static partial Regex Unfinished();
}
