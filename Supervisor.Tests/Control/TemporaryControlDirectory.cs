using Tapvisor.Control;

namespace Tapvisor.Tests.Control;

/// <summary>A control directory of a test's own, short enough for socket paths, removed afterwards.</summary>
internal sealed class TemporaryControlDirectory : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    public TemporaryControlDirectory()
    {
        Directory = new ControlDirectory(System.IO.Directory.CreateTempSubdirectory("tv").FullName);
        Client = new ControlClient(Directory);
    }

    public ControlDirectory Directory { get; }

    public ControlClient Client { get; }

    public MinorMarkers Minors => new(Directory);

    /// <summary>Creates markers as allocate does.</summary>
    public void AddMarkers(IEnumerable<int> minors)
    {
        Directory.CreateMarkerDirectory();
        foreach (int minor in minors)
            File.WriteAllBytes(Directory.Marker(minor), []);
    }

    public FakeTapdisk AddTapdisk(int pid, Func<byte[], byte[]?> answer) => Own(new FakeTapdisk(Directory, pid, answer));

    /// <summary>A tapdisk that is the directory's service.</summary>
    public FakeTapdisk AddService(int pid, Func<byte[], byte[]?> answer)
    {
        FakeTapdisk service = AddTapdisk(pid, answer);
        Own(ServiceFile.TryAcquire(Directory)!).Publish(pid);
        return service;
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
        System.IO.Directory.Delete(Directory.Path, recursive: true);
    }

    public T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }
}
