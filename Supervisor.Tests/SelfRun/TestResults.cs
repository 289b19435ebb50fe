using Xunit.Abstractions;

namespace Tapvisor.Tests.SelfRun;

/// <summary>Writes each test's result as it comes, and the sums at the end.</summary>
internal sealed class TestResults(TextWriter output) : LongLivedMarshalByRefObject, IMessageSink, IDisposable
{
    private readonly ManualResetEvent _complete = new(false);
    private readonly Lock _guard = new();
    private int _passed;
    private int _skipped;
    private int _failed;

    public bool OnMessage(IMessageSinkMessage message)
    {
        lock (_guard)
        {
            switch (message)
            {
                case ITestPassed passed:
                    _passed++;
                    output.WriteLine($"passed   {passed.Test.DisplayName} ({passed.ExecutionTime:0.00} s)");
                    break;
                case ITestSkipped skipped:
                    _skipped++;
                    output.WriteLine($"skipped  {skipped.Test.DisplayName}: {skipped.Reason}");
                    break;
                case ITestFailed failed:
                    Fail(failed.Test.DisplayName, failed);
                    break;
                case ITestAssemblyFinished:
                    output.WriteLine($"{_passed} passed, {_skipped} skipped, {_failed} failed");
                    _complete.Set();
                    break;
                case IFailureInformation failure:
                    Fail("outside of a test", failure);
                    break;
            }
        }
        return true;
    }

    public void Dispose() => _complete.Dispose();

    /// <summary>Until every test has run.</summary>
    /// <returns>Whether tests ran and none failed.</returns>
    internal bool Wait()
    {
        _complete.WaitOne();
        return _failed == 0 && _passed > 0;
    }

    private void Fail(string name, IFailureInformation failure)
    {
        _failed++;
        output.WriteLine($"FAILED   {name}");
        for (int i = 0; i < failure.Messages.Length; i++)
            output.WriteLine($"{failure.ExceptionTypes[i]}: {failure.Messages[i]}\n{failure.StackTraces[i]}");
    }
}
