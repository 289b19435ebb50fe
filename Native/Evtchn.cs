namespace Tapvisor.Native;

/// <summary>&lt;xen/evtchn.h&gt;; the requests are int, as Tmds.LibC's ioctl takes them.</summary>
public static class Evtchn
{
    public const int IOCTL_EVTCHN_BIND_INTERDOMAIN = 0x00084501;
    public const int IOCTL_EVTCHN_BIND_UNBOUND_PORT = 0x00044502;
    public const int IOCTL_EVTCHN_UNBIND = 0x00044503;
    public const int IOCTL_EVTCHN_NOTIFY = 0x00044504;
    public const int IOCTL_EVTCHN_RESET = 0x00004505;
}

public struct ioctl_evtchn_bind_interdomain
{
    public uint remote_domain;
    public uint remote_port;
}

public struct ioctl_evtchn_bind_unbound_port
{
    public uint remote_domain;
}

public struct ioctl_evtchn_unbind
{
    public uint port;
}

public struct ioctl_evtchn_notify
{
    public uint port;
}
