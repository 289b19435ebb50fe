namespace Tapvisor.Messages.Control;

/// <summary>struct pollfd.</summary>
internal struct PollFd
{
    public int fd;
    public short events;
    public short revents;
}
