namespace Tapvisor.Tests;

/// <summary>Tests that look at the whole process, which no other test may change meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    internal const string Name = "alone";
}
