namespace Tapvisor.Supervisor.Hosting;

/// <summary>What is said beside the log: before there is one, and when it is no use any more.</summary>
internal static class StandardError
{
    /// <summary>Says a sentence; where nobody can hear it, the exit code says the rest.</summary>
    internal static void Say(string sentence)
    {
        try
        {
            Console.Error.WriteLine(sentence);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is closed or full.
        }
    }
}
