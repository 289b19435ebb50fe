namespace Tapvisor.ImageDrivers;

/// <summary>How to write.</summary>
[Flags]
public enum WriteOptions
{
    /// <summary>Stable after the next flush.</summary>
    None = 0,

    /// <summary>Stable when it returns (force unit access).</summary>
    Durable = 1,

    /// <summary>Write zeroes only: keep the space, no hole (NBD_CMD_FLAG_NO_HOLE).</summary>
    NoHole = 2,

    /// <summary>Write zeroes only: −EOPNOTSUPP rather than slowly (NBD_CMD_FLAG_FAST_ZERO).</summary>
    Fast = 4,
}
