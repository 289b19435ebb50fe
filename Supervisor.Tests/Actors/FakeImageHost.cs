using System.Collections.Concurrent;
using Tapvisor.Actors.Image;
using Tapvisor.BlockIo;
using Tapvisor.Disks;
using Tapvisor.ImageDrivers;
using Tapvisor.Native;

namespace Tapvisor.Tests.Actors;

/// <summary>An image side that does what a test says, and tells in order what it was asked.</summary>
internal sealed class FakeImageHost : IImageHost
{
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly ConcurrentQueue<BlockException> _refusals = new();
    private volatile TaskCompletionSource? _held;

    public event Action<Exception>? Faulted;

    public bool FindsKeys { get; internal set; }

    internal ImageInfo Info { get; set; } = new(1 << 20, 512, 1, false);

    internal IReadOnlyCollection<string> Calls => _calls;

    /// <summary>What goes wrong when requests that wait are to be answered.</summary>
    internal Exception? FailingFailure { get; set; }

    internal ImageRequest? LastOpen { get; private set; }

    internal bool IsOpen { get; private set; }

    public async Task<ImageInfo> OpenAsync(ImageRequest request)
    {
        _calls.Enqueue("open");
        LastOpen = request;
        await WaitAsync();
        if (_refusals.TryDequeue(out BlockException? refusal))
            throw refusal;
        IsOpen = true;
        return Info;
    }

    public async Task CloseAsync(bool force)
    {
        _calls.Enqueue(force ? "close by force" : "close");
        await WaitAsync();
        IsOpen = false;
    }

    public Task FailAsync(int errno)
    {
        _calls.Enqueue($"fail {errno}");
        return FailingFailure is { } failure ? Task.FromException(failure) : Task.CompletedTask;
    }

    /// <summary>The next opening is refused.</summary>
    internal void RefuseNext(int errno, BlockErrorKind kind = BlockErrorKind.Io) =>
        _refusals.Enqueue(new BlockException(kind, errno, $"refused with {errno}"));

    /// <summary>Calls from here on do not return before <see cref="LetGo"/>.</summary>
    internal void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void LetGo()
    {
        TaskCompletionSource? held = _held;
        _held = null;
        held?.SetResult();
    }

    /// <summary>The driver fails now.</summary>
    internal void Fail(Exception fault) => Faulted?.Invoke(fault);

    private Task WaitAsync() => _held?.Task ?? Task.CompletedTask;
}
