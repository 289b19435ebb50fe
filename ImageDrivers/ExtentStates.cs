namespace Tapvisor.ImageDrivers;

/// <summary>State of an extent; values are those of NBD's base:allocation context.</summary>
[Flags]
public enum ExtentStates
{
    /// <summary>Allocated data.</summary>
    Data = 0,

    /// <summary>NBD_STATE_HOLE: nothing is allocated.</summary>
    Hole = 1,

    /// <summary>NBD_STATE_ZERO: it reads as zeroes.</summary>
    Zero = 2,
}
