using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Tapvisor.Tests.SelfRun;

/// <summary>
/// Runs tests of this assembly where there is a .NET runtime but no SDK, as in the lab's dom0. The arguments are parts of the full names
/// of test classes; the exit code is 0 if tests ran and none failed.
/// </summary>
internal static class Program
{
    private static int Main(string[] parts)
    {
        if (parts.Length == 0)
        {
            Console.Error.WriteLine("usage: Tapvisor.Supervisor.Tests PART-OF-A-CLASS-NAME...");
            return 2;
        }
        var assembly = Assembly.GetExecutingAssembly();
        var options = new RunOptions();
        using var framework = new XunitTestFramework(new Xunit.Sdk.NullMessageSink());
        using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        using var found = new FoundTests();
        foreach (Type type in assembly.GetTypes().Where(type => parts.Any(part => type.FullName!.Contains(part, StringComparison.Ordinal))))
        {
            discoverer.Find(type.FullName, includeSourceInformation: false, found, options);
            found.Wait();
        }
        using ITestFrameworkExecutor executor = framework.GetExecutor(assembly.GetName());
        using var results = new TestResults(Console.Out);
        executor.RunTests(found.Cases, results, options);
        return results.Wait() ? 0 : 1;
    }
}
