using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Tapvisor.Disks;
using Tapvisor.Native;

namespace Tapvisor.Supervisor.Journal;

/// <summary>
/// The records of one service's disks, a file each: <c>journal/PID/MINOR</c> in the control directory, so that what happens to one costs
/// no other. A file is its content's CRC-32C in hexadecimal, a newline, and the record as JSON; it is replaced by renaming, so a
/// reader finds the old record or the new one. The service holds <c>journal/PID/lock</c> locked while it lives: whoever can lock it may
/// take the journal over. The directory lies in /run, which a reboot empties, and so nothing needs to be flushed.
/// </summary>
internal sealed class DiskJournal : IDiskJournal, IDisposable
{
    private const string LockName = "lock";

    /// <summary>Bytes of a record: two paths of PATH_MAX, escaped, and as many names as a disk can have got by crashes, many times over.</summary>
    private const int MostBytes = 1 << 20;

    private readonly string _directory;
    private readonly FileStream _lock;

    private DiskJournal(string directory, FileStream held)
    {
        _directory = directory;
        _lock = held;
    }

    /// <summary>The journal of service <paramref name="pid"/>, new; that of a dead one of the same pid is put aside, to be taken over.</summary>
    /// <exception cref="IOException">The directory cannot be made, or another service holds it.</exception>
    internal static DiskJournal Create(string root, int pid)
    {
        string directory = Path.Combine(root, pid.ToString(CultureInfo.InvariantCulture));
        if (Directory.Exists(directory))
            PutAside(directory);
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new DiskJournal(directory, Lock(directory));
    }

    /// <summary>The journals of dead services, each locked for the caller.</summary>
    internal static IEnumerable<DiskJournal> TakeOver(string root)
    {
        if (!Directory.Exists(root))
            yield break;
        foreach (string directory in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            DiskJournal? journal = null;
            try
            {
                journal = new DiskJournal(directory, Lock(directory));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its service lives, or another one is taking it over.
            }
            if (journal is not null)
                yield return journal;
        }
    }

    /// <summary>The pid of the service that wrote it, from the directory's name; 0 if that is no number.</summary>
    internal int Pid =>
        int.TryParse(Path.GetFileName(_directory).Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0;

    /// <summary>Reads what is sound.</summary>
    /// <param name="broken">Called for each record that is not, with its path and what is wrong with it.</param>
    internal IReadOnlyList<DiskRecord> Load(Action<string, string> broken)
    {
        var records = new List<DiskRecord>();
        foreach (string path in Directory.EnumerateFiles(_directory).Order(StringComparer.Ordinal))
        {
            if (!int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int minor))
                continue;
            try
            {
                records.Add(Decode(Encoding.UTF8.GetString(RegularFile.Read(path, MostBytes, followLinks: false)), minor));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
            {
                broken(path, e.Message);
            }
        }
        return records;
    }

    /// <summary>When a disk's record was written last.</summary>
    internal DateTime WrittenAt(int minor) => File.GetLastWriteTimeUtc(PathOf(minor));

    /// <inheritdoc />
    public void Save(DiskRecord record)
    {
        string path = PathOf(record.Minor);
        bool isNew = !File.Exists(path);
        string next = path + ".new";
        File.WriteAllText(next, Encode(record));
        File.Move(next, path, overwrite: true);
        if (isNew)
            RemoveElsewhere(record.Minor);
    }

    /// <inheritdoc />
    public void Remove(int minor) => Leftover.Remove(PathOf(minor));

    /// <summary>Deletes the whole journal: its disks have been taken over, or it has none.</summary>
    internal void Delete() => Leftover.RemoveDirectory(_directory);

    /// <summary>True when no disk is recorded.</summary>
    internal bool IsEmpty => !Directory.Exists(_directory) || Directory.EnumerateFiles(_directory).All(path => Path.GetFileName(path) == LockName);

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    internal static string Encode(DiskRecord record)
    {
        string json = JsonSerializer.Serialize(record, DiskRecordJson.Default.DiskRecord);
        return $"{Sum(json)}\n{json}";
    }

    internal static DiskRecord Decode(string text, int minor)
    {
        int newline = text.IndexOf('\n', StringComparison.Ordinal);
        if (newline < 0 || Sum(text[(newline + 1)..]) != text[..newline])
            throw new FormatException("its checksum is wrong: it was torn or changed");
        DiskRecord record = JsonSerializer.Deserialize(text.AsSpan(newline + 1), DiskRecordJson.Default.DiskRecord)
            ?? throw new FormatException("it holds no record");
        return record.Minor == minor ? record : throw new FormatException($"it is of minor {record.Minor}");
    }

    /// <summary>
    /// Whoever records a disk for the first time holds its minor's marker: what other journals say of that minor is of a disk that was, and
    /// must not come back in its place.
    /// </summary>
    private void RemoveElsewhere(int minor)
    {
        foreach (string other in Directory.EnumerateDirectories(Path.GetDirectoryName(_directory)!))
        {
            if (other != _directory)
                Leftover.Remove(Path.Combine(other, Path.GetFileName(PathOf(minor))));
        }
    }

    private static void PutAside(string directory)
    {
        using (Lock(directory))
        {
            string free = Enumerable.Range(1, int.MaxValue)
                .Select(number => string.Create(CultureInfo.InvariantCulture, $"{directory}.{number}"))
                .First(name => !Path.Exists(name));
            Directory.Move(directory, free);
        }
    }

    private static FileStream Lock(string directory) =>
        new(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    // Against tearing, not against attackers; and without OpenSSL's libraries, which a host need not have, .NET's hashes end the process.
    // System.IO.Hashing has CRC-32 of zlib's polynomial only, and journals of services that are running hold that of Castagnoli's.
    private static string Sum(string text)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in Encoding.UTF8.GetBytes(text))
            sum = BitOperations.Crc32C(sum, value);
        return $"{~sum:x8}";
    }

    private string PathOf(int minor) => Path.Combine(_directory, minor.ToString(CultureInfo.InvariantCulture));
}
