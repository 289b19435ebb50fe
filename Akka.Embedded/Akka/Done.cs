namespace Akka;

/// <summary>The result of a task that has nothing else to say.</summary>
public sealed class Done
{
    /// <summary>The only value.</summary>
    public static readonly Done Instance = new();

    private Done()
    {
    }
}
