using System.Diagnostics;

namespace Tapvisor.Tests.Native;

/// <summary>Compiles and runs a C program with the machine's compiler and headers.</summary>
internal static class CProgram
{
    private static readonly string[] s_compilers = ["cc", "gcc", "clang"];

    /// <summary>The first compiler on the path, or null.</summary>
    internal static string? Compiler { get; } = s_compilers.FirstOrDefault(name =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, name))));

    /// <returns>What the program printed, line by line.</returns>
    internal static string[] Run(string source)
    {
        string directory = Directory.CreateTempSubdirectory("tapvisor-c-").FullName;
        try
        {
            string file = Path.Combine(directory, "program.c");
            string program = Path.Combine(directory, "program");
            File.WriteAllText(file, source);
            Execute(Compiler!, ["-w", "-o", program, file]);
            return Execute(program, []).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }

    private static string Execute(string program, string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} failed:\n{errors.Result}");
        return output;
    }
}
