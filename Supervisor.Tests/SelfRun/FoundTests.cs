using Xunit.Abstractions;

namespace Tapvisor.Tests.SelfRun;

/// <summary>Collects what xunit finds.</summary>
internal sealed class FoundTests : LongLivedMarshalByRefObject, IMessageSink, IDisposable
{
    private readonly AutoResetEvent _complete = new(false);

    internal List<ITestCase> Cases { get; } = [];

    public bool OnMessage(IMessageSinkMessage message)
    {
        if (message is ITestCaseDiscoveryMessage discovered)
            Cases.Add(discovered.TestCase);
        if (message is IDiscoveryCompleteMessage)
            _complete.Set();
        return true;
    }

    public void Dispose() => _complete.Dispose();

    /// <summary>Until a search has ended.</summary>
    internal void Wait() => _complete.WaitOne();
}
