using System.Security.Cryptography;
using static Tmds.Linux.LibC;

namespace Tapvisor.Native;

/// <summary>
/// Pages of their own for key material: never copied by the garbage collector, kept out of core dumps, out of swap as far as
/// RLIMIT_MEMLOCK allows, and erased before they are unmapped, by the finalizer if nobody disposes of them.
/// </summary>
public sealed unsafe class SecretMemory : IDisposable
{
    private readonly int _length;
    private byte* _address;

    /// <param name="length">Bytes; zeroed.</param>
    /// <exception cref="InsufficientMemoryException">The kernel gives no memory.</exception>
    public SecretMemory(int length)
    {
        void* address = mmap(null, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (address == MAP_FAILED)
            throw new InsufficientMemoryException($"No memory for {length} bytes of key material: {Errno.Describe(errno)}.");
        _address = (byte*)address;
        _length = length;

        // Best effort: an unprivileged process may lock only so much, and a key in pageable memory is no reason to refuse a disk.
        _ = mlock(_address, length);
        _ = madvise(_address, length, MADV_DONTDUMP);
    }

    /// <summary>A copy of some bytes, of which the caller erases its own.</summary>
    /// <exception cref="InsufficientMemoryException">The kernel gives no memory.</exception>
    public SecretMemory(ReadOnlySpan<byte> bytes)
        : this(bytes.Length) => bytes.CopyTo(Span);

    ~SecretMemory() => Erase();

    /// <summary>First byte, page-aligned.</summary>
    /// <exception cref="ObjectDisposedException">It is erased.</exception>
    public byte* Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == null, this);
            return _address;
        }
    }

    /// <summary>All of it; valid as long as somebody holds this object and nobody disposes of it.</summary>
    /// <exception cref="ObjectDisposedException">It is erased.</exception>
    public Span<byte> Span => new(Address, _length);

    /// <summary>Erases and unmaps, which unlocks. Idempotent.</summary>
    public void Dispose()
    {
        Erase();
        GC.SuppressFinalize(this);
    }

    private void Erase()
    {
        if (_address == null)
            return;
        CryptographicOperations.ZeroMemory(new Span<byte>(_address, _length));
        _ = munmap(_address, _length);
        _address = null;
    }
}
