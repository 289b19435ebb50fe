using Tapvisor.BlockIo.Engines;

namespace Tapvisor.Tests.BlockIo.Engines;

/// <summary>The kinds of engine that every behaviour is tested on.</summary>
public sealed class EngineKinds : TheoryData<IoEngineKind>
{
    public EngineKinds()
    {
        Add(IoEngineKind.IoUring);
        Add(IoEngineKind.LibAio);
    }
}
