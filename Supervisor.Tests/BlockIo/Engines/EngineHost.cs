using Tapvisor.BlockIo.Buffers;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;

namespace Tapvisor.Tests.BlockIo.Engines;

/// <summary>A running engine with a directory of its own, for one test.</summary>
internal sealed class EngineHost : IDisposable
{
    // Nothing here takes a second; a test that hangs should fail before the test run does.
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory;

    private EngineHost(IoEngineOptions options)
    {
        // The directory comes last: nobody would remove it if there were no engine.
        Engine = IoEngines.Create(options);
        _directory = Directory.CreateTempSubdirectory("tapvisor-engine-").FullName;
        Scope = new IoScope(Engine, "test");
    }

    internal IoEngine Engine { get; }

    internal IoScope Scope { get; }

    internal BufferQuota Quota { get; } = new(long.MaxValue);

    internal static EngineHost Start(IoEngineKind kind, Func<IoEngineOptions, IoEngineOptions>? configure = null)
    {
        string? missing = IoEngines.WhyUnavailable(kind);
        Skip.If(missing is not null, $"{kind}: {missing}");
        var options = new IoEngineOptions { Kind = kind };
        return new EngineHost(configure is null ? options : configure(options));
    }

    internal string PathOf(string name) => Path.Combine(_directory, name);

    internal string NewFile(string name, byte[] content)
    {
        File.WriteAllBytes(PathOf(name), content);
        return PathOf(name);
    }

    internal T Run<T>(Func<IoTask<T>> work) => Engine.RunAsync(work).WaitAsync(Patience).GetAwaiter().GetResult();

    /// <summary>Opens a file, has <paramref name="work"/> use it, closes it.</summary>
    internal T WithFile<T>(string path, IoOpenOptions options, Func<IoFile, IoTask<T>> work) => Run(async IoTask<T> () =>
    {
        IoFile file = await Engine.OpenAsync(Scope, path, options);
        try
        {
            return await work(file);
        }
        finally
        {
            await file.CloseAsync();
        }
    });

    internal IoBuffer Rent(int length) => Engine.Buffers.Rent(length, Quota);

    public void Dispose()
    {
        Engine.Dispose();
        Directory.Delete(_directory, true);
    }
}
