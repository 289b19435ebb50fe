using Tapvisor.Actors.Image;
using Tapvisor.Disks;
using Tapvisor.Messages;

namespace Tapvisor.Actors.Tapdisk;

/// <summary>From what a client asks to what a disk is, and from that to what its image is asked.</summary>
internal static class DiskRecords
{
    /// <summary>The disk as OPEN wants it.</summary>
    internal static DiskRecord OpenedWith(this DiskRecord record, TapdiskParams parameters) => record with
    {
        Name = parameters.Path,
        Flags = parameters.Flags,
        ParentMinor = parameters.ParentMinor < 0 ? null : parameters.ParentMinor,
        RequestTimeout = parameters.RequestTimeout,
    };

    /// <summary>
    /// The disk as RESUME wants it. Of the params only the path means anything: clients leave the parent's minor at 0. The disk that OPEN
    /// named as the image's parent stays that; under another image, a snapshot of it for example, it would be a wrong one.
    /// </summary>
    internal static DiskRecord ResumedWith(this DiskRecord record, TapdiskParams parameters) =>
        parameters.Path.Length == 0 || parameters.Path == record.Name
            ? record
            : record with { Name = parameters.Path, ParentMinor = null };

    /// <summary>The disk with the size that its image turned out to have.</summary>
    internal static DiskRecord SizedAs(this DiskRecord record, TapdiskImage image) =>
        record with { Sectors = image.Sectors, SectorSize = image.SectorSize };

    /// <summary>How its image is opened.</summary>
    /// <param name="record">The disk; it has a name.</param>
    /// <param name="key">The image's key, if it has one here.</param>
    /// <param name="minimumLength">Bytes that the guest knows of.</param>
    /// <param name="defaultTimeout">For requests, when OPEN did not say.</param>
    internal static ImageRequest ImageRequest(this DiskRecord record, EncryptionKey? key, long minimumLength, TimeSpan defaultTimeout) => new(
        record.Name!,
        record.Flags,
        key,
        record.ParentMinor,
        record.RequestTimeout > 0 ? TimeSpan.FromSeconds(record.RequestTimeout) : defaultTimeout,
        minimumLength);
}
