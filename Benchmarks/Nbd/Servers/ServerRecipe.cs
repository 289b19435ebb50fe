using Tapvisor.Benchmarks.Nbd.Machine;
using Tapvisor.Benchmarks.Nbd.Processes;

namespace Tapvisor.Benchmarks.Nbd.Servers;

/// <summary>How a server is started on an image, and where it then listens.</summary>
/// <param name="Name">What <c>--servers</c> and the tables call it.</param>
/// <param name="Program">The program: a name in PATH, or a path.</param>
/// <param name="Settings">What a reader must know to compare it, for the report.</param>
/// <param name="Arguments">From the image and an own, empty directory to the arguments.</param>
/// <param name="Socket">From that directory and the server's process id to its Unix socket.</param>
internal sealed record ServerRecipe(
    string Name,
    string Program,
    string Settings,
    Func<BenchmarkImage, string, IReadOnlyList<string>> Arguments,
    Func<string, int, string> Socket)
{
    /// <summary>NBD's name of the disk; the default export has none.</summary>
    internal string Export { get; init; } = "";

    /// <summary>How it is told to serve its image, if its arguments do not say it.</summary>
    internal ServerControl? Control { get; init; }

    /// <summary>The program's path, or null if this machine lacks it.</summary>
    internal string? Find() => Path.IsPathRooted(Program) ? (File.Exists(Program) ? Program : null) : ProgramPath.Find(Program);
}
