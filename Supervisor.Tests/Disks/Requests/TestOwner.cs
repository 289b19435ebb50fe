using Tapvisor.Disks.Requests;

namespace Tapvisor.Tests.Disks.Requests;

/// <summary>Takes down what it is told of its requests.</summary>
internal sealed class TestOwner : IRequestOwner
{
    /// <summary>Tags and errors in the order of the answers.</summary>
    internal List<(ulong Tag, int Error)> Answers { get; } = [];

    /// <summary>Called for each answer.</summary>
    internal Action<BlockRequest>? Then { get; set; }

    public bool IsWithdrawn { get; set; }

    void IRequestOwner.Completed(BlockRequest request)
    {
        Answers.Add((request.Tag, request.Error));
        Then?.Invoke(request);
    }
}
