using System.Security.Cryptography;
using Tapvisor.BlockIo;
using Tapvisor.Native;
using static Tapvisor.Native.LibC;

namespace Tapvisor.ImageDrivers.Crypto;

/// <summary>
/// Pages of their own for key material: never copied by the garbage collector, kept out of core dumps, out of swap as far as
/// RLIMIT_MEMLOCK allows, and erased before they are unmapped, by the finalizer if nobody disposes of them.
/// </summary>
internal sealed unsafe class SecretMemory : IDisposable
{
    private readonly int _length;
    private byte* _address;

    /// <param name="length">Bytes; zeroed.</param>
    /// <exception cref="BlockException">ENOMEM and the like: the kernel gives no memory.</exception>
    internal SecretMemory(int length)
    {
        void* address = mmap(null, (nuint)length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (address == MAP_FAILED)
            throw new BlockException(
                BlockErrorKind.Io, errno, $"No memory for {length} bytes of key material: {Errno.Describe(errno)}.");
        _address = (byte*)address;
        _length = length;

        // Best effort: an unprivileged process may lock only so much, and a key in pageable memory is no reason to refuse a disk.
        _ = mlock(_address, (nuint)length);
        _ = madvise(_address, (nuint)length, MADV_DONTDUMP);
    }

    ~SecretMemory() => Erase();

    /// <summary>First byte, page-aligned.</summary>
    /// <exception cref="ObjectDisposedException">It is erased.</exception>
    internal byte* Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == null, this);
            return _address;
        }
    }

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
        _ = munmap(_address, (nuint)_length);
        _address = null;
    }
}
