using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static Tapvisor.Native.LibC;

namespace Tapvisor.ImageDrivers.Crypto;

/// <summary>
/// Pages for key material: never moved nor copied by the garbage collector, kept out of swap where RLIMIT_MEMLOCK allows, and erased
/// before they are freed, by the finalizer if nobody disposes of them.
/// </summary>
internal sealed unsafe class SecretMemory : IDisposable
{
    private const int PageSize = 4096;
    private readonly int _length;
    private byte* _address;

    /// <param name="length">Bytes; zeroed. Takes whole pages, so that unlocking them unlocks nothing else.</param>
    internal SecretMemory(int length)
    {
        _length = (length + PageSize - 1) / PageSize * PageSize;
        _address = (byte*)NativeMemory.AlignedAlloc((nuint)_length, PageSize);
        Span.Clear();

        // Best effort: an unprivileged process may lock only so much, and a key in pageable memory is no reason to refuse a disk.
        _ = mlock(_address, (nuint)_length);
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

    /// <summary>The bytes.</summary>
    internal Span<byte> Span => new(Address, _length);

    /// <summary>Erases and frees. Idempotent.</summary>
    public void Dispose()
    {
        Erase();
        GC.SuppressFinalize(this);
    }

    private void Erase()
    {
        if (_address == null)
            return;
        CryptographicOperations.ZeroMemory(Span);
        _ = munlock(_address, (nuint)_length);
        NativeMemory.AlignedFree(_address);
        _address = null;
    }
}
