using System.Globalization;

namespace Tapvisor.Metrics;

/// <summary>
/// The counters of every disk in shared memory, where xapi's rrdp-iostat and operators' scripts look for those of tapdisk:
/// td3-&lt;pid&gt;/vdi-&lt;minor&gt; while an image is open, and while a guest is connected td3-&lt;pid&gt;/vbd-&lt;domid&gt;-&lt;devid&gt; and
/// vbd3-&lt;domid&gt;-&lt;devid&gt;/{statistics,io_ring}. Whoever owns it calls <see cref="Update"/> from time to time; no request waits for it.
/// Any thread may call.
/// </summary>
public sealed class StatisticsPublisher : IDisposable
{
    private const string ProcessPrefix = "td3-";

    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly Lock _guard = new();
    private readonly string _root;
    private readonly string _processDirectory;
    private readonly TimeProvider _time;
    private readonly Dictionary<IStatisticsSource, DiskStatisticsFiles> _disks = [];
    private bool _isPrepared;

    /// <summary>Nothing is published before the first <see cref="Update"/>.</summary>
    /// <param name="root">Usually /dev/shm.</param>
    /// <param name="pid">Of this process.</param>
    /// <param name="time">Says what is old.</param>
    public StatisticsPublisher(string root, int pid, TimeProvider time)
    {
        _root = root;
        _time = time;
        _processDirectory = Path.Combine(root, ProcessPrefix + pid.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Publishes a disk's counters until the result is disposed of.</summary>
    public IDisposable Add(IStatisticsSource disk)
    {
        lock (_guard)
            _disks.Add(disk, new DiskStatisticsFiles(_root, _processDirectory, disk, _time));
        return new Registration(this, disk);
    }

    /// <summary>
    /// Brings every file up to date, makes those that are missing and removes those whose disk or guest has gone; the first time, what
    /// processes left that are dead.
    /// </summary>
    /// <exception cref="AggregateException">Of files that could not be written; the others are up to date.</exception>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be used.</exception>
    public void Update()
    {
        List<Exception>? failures = null;
        lock (_guard)
        {
            Prepare();
            foreach (DiskStatisticsFiles files in _disks.Values)
            {
                try
                {
                    files.Update();
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    (failures ??= []).Add(e);
                }
            }
        }
        if (failures is not null)
            throw new AggregateException(failures);
    }

    /// <summary>Removes everything.</summary>
    public void Dispose()
    {
        lock (_guard)
        {
            foreach (DiskStatisticsFiles files in _disks.Values)
                files.Dispose();
            _disks.Clear();
            if (Directory.Exists(_processDirectory))
                Directory.Delete(_processDirectory, recursive: true);
        }
    }

    private void Prepare()
    {
        if (_isPrepared)
            return;
        Directory.CreateDirectory(_root);
        foreach (string former in Directory.EnumerateDirectories(_root, ProcessPrefix + "*").ToList())
        {
            if (former == _processDirectory || IsOfTheDead(former))
                RemoveProcess(former);
        }
        Directory.CreateDirectory(_processDirectory, OwnerAlone);
        _isPrepared = true;
    }

    private static bool IsOfTheDead(string directory) =>
        int.TryParse(Path.GetFileName(directory).AsSpan(ProcessPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
        && !Directory.Exists($"/proc/{pid}");

    /// <summary>Its files tell which devices it served.</summary>
    private void RemoveProcess(string directory)
    {
        foreach (string file in Directory.EnumerateFiles(directory, "vbd-*"))
        {
            string device = Path.Combine(_root, "vbd3" + Path.GetFileName(file)["vbd".Length..]);
            if (Directory.Exists(device))
                Directory.Delete(device, recursive: true);
        }
        Directory.Delete(directory, recursive: true);
    }

    private void Remove(IStatisticsSource disk)
    {
        lock (_guard)
        {
            if (_disks.Remove(disk, out DiskStatisticsFiles? files))
                files.Dispose();
        }
    }

    private sealed class Registration(StatisticsPublisher publisher, IStatisticsSource disk) : IDisposable
    {
        public void Dispose() => publisher.Remove(disk);
    }
}
