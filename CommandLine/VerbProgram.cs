namespace Tapvisor.CommandLine;

/// <summary>A program whose first argument is a verb: what it says without one.</summary>
public static class VerbProgram
{
    /// <param name="arguments">The command line behind the program's name.</param>
    /// <param name="output">Where help goes.</param>
    /// <param name="usage">Shown alone for -h and without arguments.</param>
    /// <param name="teaching">What --help adds.</param>
    /// <param name="run">Runs a verb by its name with the arguments behind it, and returns the exit code.</param>
    public static int Run(string[] arguments, TextWriter output, string usage, string teaching, Func<string, string[], int> run)
    {
        switch (arguments)
        {
            case [] or ["-h"]:
                output.Write(usage);
                return 0;
            case ["--help"] or ["help"]:
                output.Write($"{usage}\n{teaching}");
                return 0;
            case ["help", var about]:
                return run(about, ["--help"]);
            default:
                return run(arguments[0], arguments[1..]);
        }
    }
}
