namespace Tapvisor.Formats.Vhd;

/// <summary>Timestamps of the format: seconds since 2000-01-01 00:00 UTC in 32 bits (libvhd.c, vhd_time).</summary>
public static class VhdTime
{
    /// <summary>The format's epoch in Unix time.</summary>
    public const long Epoch = 946684800;

    public static uint FromUnixSeconds(long seconds) => unchecked((uint)(seconds - Epoch));

    public static uint Now => FromUnixSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    public static DateTimeOffset ToDateTime(uint timestamp) => DateTimeOffset.FromUnixTimeSeconds(timestamp + Epoch);
}
