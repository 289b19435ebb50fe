namespace Tapvisor.Messages;

/// <summary>State word of a VBD as LIST reports it: drivers/tapdisk-vbd.h, TD_VBD_*. Attached or open and running is 0.</summary>
[Flags]
public enum VbdState
{
    None = 0,
    TD_VBD_DEAD = 0x0001,
    TD_VBD_CLOSED = 0x0002,
    TD_VBD_QUIESCE_REQUESTED = 0x0004,
    TD_VBD_QUIESCED = 0x0008,
    TD_VBD_PAUSE_REQUESTED = 0x0010,
    TD_VBD_PAUSED = 0x0020,
    TD_VBD_SHUTDOWN_REQUESTED = 0x0040,
    TD_VBD_LOCKING = 0x0080,
    TD_VBD_LOG_DROPPED = 0x0100,
    TD_VBD_RESUME_FAILED = 0x0200,
}
