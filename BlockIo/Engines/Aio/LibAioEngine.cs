using Tapvisor.BlockIo.Engines.Posix;
namespace Tapvisor.BlockIo.Engines.Aio;
internal sealed class LibAioEngine(IoEngineOptions options) : PosixEngine(options)
{
    public override string Kind => "libaio";
    internal override void Submit(PosixOperation operation) => throw new NotSupportedException();
    private protected override void Open() => throw new NotSupportedException();
    private protected override void Close() {}
    private protected override void Poll(long timeout) {}
    private protected override bool HasCompletions() => false;
    private protected override void Cancel(PosixOperation operation) {}
}
internal static class AioContext { internal static string? WhyUnavailable() => "not yet"; }
