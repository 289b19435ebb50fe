using Tapvisor.Messages;

namespace Tapvisor.Disks;

/// <summary>Which image a disk is to open, and how.</summary>
/// <param name="Name">type:path.</param>
/// <param name="Flags">Those of TAPDISK_MESSAGE_OPEN.</param>
/// <param name="Key">
/// Of VHDs in the image's chain; null if they are not encrypted, or their keys can be found. It belongs to whoever asks.
/// </param>
/// <param name="ParentMinor">Of the disk that serves the image's parent by NBD; null where the image names its parent.</param>
/// <param name="RequestTimeout">How long a request that meets a busy storage is tried again.</param>
/// <param name="MinimumLength">Bytes that a guest has already been told of: a smaller image is refused with EMEDIUMTYPE.</param>
public sealed record ImageRequest(
    string Name, TapdiskMessageFlags Flags, EncryptionKey? Key, int? ParentMinor, TimeSpan RequestTimeout, long MinimumLength);
