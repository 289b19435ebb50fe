using Tapvisor.Native;
using static Tapvisor.Native.LinuxCalls;
using static Tmds.Linux.LibC;

namespace Tapvisor.RingDevices.XenBlkif.Shadow;

/// <summary>
/// The requests of a ring that were consumed and whose responses may not be published, where the end of our process does not reach
/// them: a file in memory. A killed process loses no store and reorders none, and every step of the protocol is one store, so that a
/// successor always finds a state from which it can go on:
/// <code>
///   consume:   request and index, State = Consumed, then Consumed + 1
///   complete:  status and response index, State = Answered, then the slot in the ring, then rsp_prod, then State = Free
/// </code>
/// A record whose index is not below Consumed was not consumed; one whose response index is below rsp_prod was answered. What touches
/// the file itself blocks, and is a helper thread's (<see cref="ShadowDirectory"/>): making, opening, deleting, disposing.
/// </summary>
internal sealed unsafe class RingShadow : IDisposable
{
    private const int HeaderSize = 256;
    private const int ConsumedOffset = ShadowIdentity.Size;

    private readonly string? _path;
    private readonly byte* _map;
    private readonly int _length;

    private RingShadow(string? path, byte* map, int length)
    {
        _path = path;
        _map = map;
        _length = length;
    }

    /// <summary>Requests taken from the ring.</summary>
    internal uint Consumed
    {
        get => Volatile.Read(ref *(uint*)(_map + ConsumedOffset));
        set => Volatile.Write(ref *(uint*)(_map + ConsumedOffset), value);
    }

    /// <summary>A shadow of a ring from which nothing is outstanding; one that was there is replaced.</summary>
    /// <param name="directory">Where; empty to keep it in this process alone.</param>
    /// <param name="identity">Whose.</param>
    /// <param name="size">Entries of the ring.</param>
    /// <param name="consumed">Where consumption begins.</param>
    /// <exception cref="BlockException">It cannot be stored.</exception>
    internal static RingShadow Create(string directory, ShadowIdentity identity, int size, uint consumed)
    {
        int length = LengthOf(size);
        if (directory.Length == 0)
            return new RingShadow(null, Map(-1, length, "memory"), length) { Consumed = consumed };
        string path = Path.Combine(directory, identity.ToString());
        string draft = path + ".new";
        var bytes = new byte[length];
        identity.Write(bytes);
        try
        {
            Directory.CreateDirectory(directory);

            // Written in full: a hole in a file system that is full would end the process at the first store.
            File.WriteAllBytes(draft, bytes);
            RingShadow shadow = Attach(draft, path, length);
            try
            {
                shadow.Consumed = consumed;
                File.Move(draft, path, overwrite: true);
                return shadow;
            }
            catch
            {
                shadow.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BlockException(BlockErrorKind.Io, Errno.EIO, $"The ring's shadow '{path}' cannot be stored: {e.Message}", e);
        }
    }

    /// <summary>The shadow that another process left.</summary>
    /// <exception cref="BlockException">ENOENT: there is none; EINVAL: it is another ring's, or no shadow.</exception>
    internal static RingShadow Open(string directory, ShadowIdentity identity, int size)
    {
        string path = Path.Combine(directory, identity.ToString());
        var file = new FileInfo(path);
        if (directory.Length == 0 || !file.Exists)
            throw new BlockException(BlockErrorKind.NotFound, Errno.ENOENT, $"There is no shadow '{path}'.");
        if (file.Length != LengthOf(size))
            throw Wrong(path, $"it has {file.Length} bytes, not {LengthOf(size)}");
        RingShadow shadow = Attach(path, path, LengthOf(size));
        Span<byte> own = stackalloc byte[ShadowIdentity.Size];
        identity.Write(own);
        if (own[..ShadowIdentity.ComparedSize].SequenceEqual(new ReadOnlySpan<byte>(shadow._map, ShadowIdentity.ComparedSize)))
            return shadow;
        shadow.Dispose();
        throw Wrong(path, "it belongs to another ring");
    }

    /// <summary>A place for one request in flight.</summary>
    internal ShadowRecord* Record(int slot) => (ShadowRecord*)(_map + HeaderSize) + slot;

    /// <summary>Nobody will need it any more.</summary>
    internal void Delete()
    {
        if (_path is not null)
            Leftover.Remove(_path);
    }

    public void Dispose() => _ = munmap(_map, _length);

    private static int LengthOf(int size) => HeaderSize + (size * ShadowRecord.Size);

    private static BlockException Wrong(string path, string reason) =>
        new(BlockErrorKind.InvalidArgument, Errno.EINVAL, $"The shadow '{path}' is of no use: {reason}.");

    private static RingShadow Attach(string file, string path, int length)
    {
        int descriptor = open(file, O_RDWR | O_CLOEXEC, 0);
        if (descriptor < 0)
            throw new BlockException(BlockErrorKind.Io, errno, $"The shadow '{file}' cannot be opened: {Errno.Describe(errno)}.");
        try
        {
            return new RingShadow(path, Map(descriptor, length, file), length);
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    private static byte* Map(int descriptor, int length, string what)
    {
        int flags = descriptor < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
        void* map = mmap(null, length, PROT_READ | PROT_WRITE, flags, descriptor, 0);
        return map != MAP_FAILED
            ? (byte*)map
            : throw new BlockException(BlockErrorKind.Io, errno, $"The shadow '{what}' cannot be mapped: {Errno.Describe(errno)}.");
    }
}
