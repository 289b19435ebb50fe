using static Tapvisor.Messages.TapdiskMessageType;

namespace Tapvisor.Messages;

public static class TapdiskMessageNames
{
    /// <summary>The message's name in logs and in tap-ctl's diagnostics: include/tapdisk-message.h, tapdisk_message_name.</summary>
    public static string Describe(this TapdiskMessageType type) => type switch
    {
        TAPDISK_MESSAGE_ERROR => "error",
        TAPDISK_MESSAGE_PID => "pid",
        TAPDISK_MESSAGE_PID_RSP => "pid response",
        TAPDISK_MESSAGE_ATTACH => "attach",
        TAPDISK_MESSAGE_ATTACH_RSP => "attach response",
        TAPDISK_MESSAGE_OPEN => "open",
        TAPDISK_MESSAGE_OPEN_RSP => "open response",
        TAPDISK_MESSAGE_PAUSE => "pause",
        TAPDISK_MESSAGE_PAUSE_RSP => "pause response",
        TAPDISK_MESSAGE_RESUME => "resume",
        TAPDISK_MESSAGE_RESUME_RSP => "resume response",
        TAPDISK_MESSAGE_CLOSE => "close",
        TAPDISK_MESSAGE_CLOSE_RSP => "close response",
        TAPDISK_MESSAGE_DETACH => "detach",
        TAPDISK_MESSAGE_DETACH_RSP => "detach response",
        TAPDISK_MESSAGE_LIST_MINORS => "list minors",
        TAPDISK_MESSAGE_LIST_MINORS_RSP => "list minors response",
        TAPDISK_MESSAGE_LIST => "list",
        TAPDISK_MESSAGE_LIST_RSP => "list response",
        TAPDISK_MESSAGE_STATS => "stats",
        TAPDISK_MESSAGE_STATS_RSP => "stats response",
        TAPDISK_MESSAGE_FORCE_SHUTDOWN => "force shutdown",
        TAPDISK_MESSAGE_XENBLKIF_CONNECT => "sring connect",
        TAPDISK_MESSAGE_XENBLKIF_CONNECT_RSP => "sring connect rsp",
        TAPDISK_MESSAGE_XENBLKIF_DISCONNECT => "sring disconnect",
        TAPDISK_MESSAGE_XENBLKIF_DISCONNECT_RSP => "sring disconnect rsp",
        TAPDISK_MESSAGE_DISK_INFO => "disk info",
        TAPDISK_MESSAGE_DISK_INFO_RSP => "disk info rsp",
        TAPDISK_MESSAGE_EXIT => "exit",
        TAPVISOR_MESSAGE_INJECT => "inject",
        TAPVISOR_MESSAGE_INJECT_RSP => "inject response",
        _ => "unknown",
    };
}
