using Tapvisor.CommandLine;

namespace Tapvisor.Tests.CommandLine;

public sealed class GetoptTests
{
    private const string Options = "ab:c";

    [Theory]
    [InlineData("-a -c", "a c")]
    [InlineData("-ac", "a c")]
    [InlineData("-b value", "b=value")]
    [InlineData("-bvalue", "b=value")]
    [InlineData("-acbvalue", "a c b=value")]
    [InlineData("-b -a", "b=-a")]
    [InlineData("-a --help", "a help")]
    [InlineData("-b --help", "b=--help")]
    public void Options_may_be_joined_and_arguments_too(string line, string expected) => Assert.Equal(expected, Parse(line).Options);

    [Theory]
    [InlineData("one -a two", "a", "one two")]
    [InlineData("-a -- -c two", "a", "-c two")]
    [InlineData("- -a", "a", "-")]
    public void Operands_are_whatever_is_left(string line, string options, string operands) =>
        Assert.Equal((options, operands, ""), Parse(line));

    [Theory]
    [InlineData("-Z", "verb: invalid option -- 'Z'\n")]
    [InlineData("-:", "verb: invalid option -- ':'\n")]
    [InlineData("--frob", "verb: invalid option -- '-'\n")]
    [InlineData("-b", "verb: option requires an argument -- 'b'\n")]
    [InlineData("-ab", "verb: option requires an argument -- 'b'\n")]
    public void Complaints_are_those_of_glibc(string line, string complaint) =>
        Assert.StartsWith(complaint, Parse(line).Complaints, StringComparison.Ordinal);

    private static (string Options, string Operands, string Complaints) Parse(string line)
    {
        using StringWriter complaints = new();
        Getopt getopt = new("verb", Options, line.Split(' '), complaints);
        List<string> seen = [];
        for (int option; (option = getopt.Next()) != Getopt.End;)
            seen.Add(option switch { Getopt.Help => "help", 'b' => $"b={getopt.Argument}", _ => $"{(char)option}" });
        return (string.Join(' ', seen), string.Join(' ', getopt.Operands), complaints.ToString());
    }
}
