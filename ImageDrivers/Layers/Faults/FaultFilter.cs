using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.ImageDrivers.Layers.Faults;

/// <summary>Makes a driver crash, fail, hang or dawdle by plan, to show that whoever supervises it copes.</summary>
public sealed class FaultFilter : ImageFilter
{
    private readonly FaultPlan _plan;
    private readonly IoScope _scope;
    private readonly List<IoPromise<int>> _hanging = [];

    private FaultFilter(IImageDriver inner, FaultPlan plan, IoScope scope)
        : base(inner)
    {
        _plan = plan;
        _scope = scope;
        scope.Revoked += ReleaseHanging;
    }

    /// <summary>Puts the faults of <paramref name="plan"/> on top of a driver; without a plan it is the driver itself.</summary>
    /// <param name="driver">The driver to spoil.</param>
    /// <param name="plan">The disk's plan; null where faults are not allowed.</param>
    /// <param name="scope">The scope of the driver's incarnation: revoking it ends what hangs.</param>
    public static IImageDriver Wrap(IImageDriver driver, FaultPlan? plan, IoScope scope) =>
        plan is null ? driver : new FaultFilter(driver, plan, scope);

    /// <inheritdoc />
    public override IoTask<int> ReadAsync(long offset, IoBuffer buffer) =>
        _plan.IsEmpty ? Inner.ReadAsync(offset, buffer) : ReadSpoiltAsync(offset, buffer);

    /// <inheritdoc />
    public override IoTask<int> WriteAsync(long offset, IoBuffer buffer, WriteOptions options) =>
        _plan.IsEmpty ? Inner.WriteAsync(offset, buffer, options) : WriteSpoiltAsync(offset, buffer, options);

    /// <inheritdoc />
    public override async IoTask<int> FlushAsync() =>
        await SufferAsync(FaultOperations.Flush) is < 0 and int fault ? fault : await Inner.FlushAsync();

    /// <inheritdoc />
    public override async IoTask<int> DiscardAsync(long offset, long length, WriteOptions options) =>
        await SufferAsync(FaultOperations.Write) is < 0 and int fault ? fault : await base.DiscardAsync(offset, length, options);

    /// <inheritdoc />
    public override async IoTask<int> WriteZeroesAsync(long offset, long length, WriteOptions options) =>
        await SufferAsync(FaultOperations.Write) is < 0 and int fault ? fault : await base.WriteZeroesAsync(offset, length, options);

    /// <inheritdoc />
    public override async IoTask<int> BlockStatusAsync(long offset, long length, ExtentList extents) =>
        await SufferAsync(FaultOperations.Read) is < 0 and int fault ? fault : await base.BlockStatusAsync(offset, length, extents);

    /// <inheritdoc />
    public override IoTask<int> CloseAsync()
    {
        _scope.Revoked -= ReleaseHanging;
        return base.CloseAsync();
    }

    private async IoTask<int> ReadSpoiltAsync(long offset, IoBuffer buffer) =>
        await SufferAsync(FaultOperations.Read) is < 0 and int fault ? fault : await Inner.ReadAsync(offset, buffer);

    private async IoTask<int> WriteSpoiltAsync(long offset, IoBuffer buffer, WriteOptions options) =>
        await SufferAsync(FaultOperations.Write) is < 0 and int fault ? fault : await Inner.WriteAsync(offset, buffer, options);

    /// <returns>0 to go on with the request, or the negative errno it fails with.</returns>
    private IoTask<int> SufferAsync(FaultOperations operation)
    {
        if (_plan.Strike(operation) is not { } fault)
            return new IoTask<int>(0);
        return fault.Action switch
        {
            FaultAction.Crash => throw new InvalidOperationException($"Injected fault: {_scope.Name} crashes on {operation}."),
            FaultAction.Error => new IoTask<int>(-fault.Errno),
            FaultAction.Hang => HangAsync(),
            FaultAction.Delay => _scope.DelayAsync(fault.Delay),
            _ => throw new InvalidOperationException($"The fault {fault} has no meaning."),
        };
    }

    private IoTask<int> HangAsync()
    {
        if (_scope.IsRevoked)
            return new IoTask<int>(-Errno.ECANCELED);
        var forever = new IoPromise<int>();
        _hanging.Add(forever);
        return forever.Task;
    }

    private void ReleaseHanging()
    {
        foreach (IoPromise<int> request in _hanging)
            request.Set(-Errno.ECANCELED);
        _hanging.Clear();
    }
}
