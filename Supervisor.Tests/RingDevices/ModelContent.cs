using Tapvisor.ImageDrivers;

namespace Tapvisor.Tests.RingDevices;

/// <summary>What a model disk holds: as read, and as it would be after a power failure.</summary>
internal sealed class ModelContent(int length)
{
    internal byte[] Bytes { get; } = new byte[length];

    internal byte[] Stable { get; } = new byte[length];

    internal void Wrote(long offset, long length, WriteOptions options)
    {
        if ((options & WriteOptions.Durable) != 0)
            Array.Copy(Bytes, offset, Stable, offset, length);
    }

    internal void Zero(long offset, long length, WriteOptions options)
    {
        Array.Clear(Bytes, (int)offset, (int)length);
        Wrote(offset, length, options);
    }
}
