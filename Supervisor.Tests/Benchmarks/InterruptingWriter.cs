using System.Text;

namespace Tapvisor.Tests.Benchmarks;

/// <summary>Presses Ctrl-C when it is told something.</summary>
internal sealed class InterruptingWriter(string word, CancellationTokenSource interruption) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override Task WriteLineAsync(string? value) =>
        value?.Contains(word, StringComparison.Ordinal) == true ? interruption.CancelAsync() : Task.CompletedTask;
}
