using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors;

public sealed class AttachTests(ITestOutputHelper output) : SupervisorSpec(output)
{
    [Fact]
    public void Pid_is_the_services()
    {
        Assert.Equal(4711, Ask<TapdiskResponse.Pid>(new TapdiskRequest.Pid()).TapdiskPid);
    }

    [Fact]
    public void An_attached_minor_is_listed_without_image_and_with_state_0()
    {
        Attach(0);
        TapdiskResponse.List entry = Table.List(0xFFFF)[0];
        Assert.Equal((1, 0, VbdState.None, ""), (entry.Count, entry.Minor, entry.State, entry.Path));
    }

    [Fact]
    public void A_minor_without_marker_is_not_attached()
    {
        TapdiskResponse.Error error = Ask<TapdiskResponse.Error>(new TapdiskRequest.Attach(3));
        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.Empty(Table.InAttachOrder);
    }

    [Fact]
    public void A_minor_is_attached_once()
    {
        Attach(0);
        Assert.Equal(Errno.EEXIST, Ask<TapdiskResponse.Error>(new TapdiskRequest.Attach(0)).Errno);
    }

    [Fact]
    public void A_minor_that_another_tapdisk_has_is_refused_at_once()
    {
        int minor = Markers.Allocate();
        using LockedFile other = Markers.Attach(minor);
        Assert.Equal(Errno.EBUSY, Ask<TapdiskResponse.Error>(new TapdiskRequest.Attach((ushort)minor)).Errno);
    }

    [Fact]
    public void Detaching_frees_the_disk_the_journal_and_the_marker()
    {
        var host = Attach(0);
        Ask<TapdiskResponse.Detach>(new TapdiskRequest.Detach(0));
        Assert.True(host.IsDisposed);
        Assert.Null(Journal[0]);
        Assert.Empty(Table.InAttachOrder);
        Markers.Free(0);
    }

    [Fact]
    public void A_detached_minor_can_be_attached_again()
    {
        Attach(0);
        Ask<TapdiskResponse.Detach>(new TapdiskRequest.Detach(0));
        Ask<TapdiskResponse.Attach>(new TapdiskRequest.Attach(0));
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open(0, Raw()));
    }

    [Fact]
    public void An_open_disk_is_not_detached()
    {
        Open(0);
        TapdiskResponse.Error error = Ask<TapdiskResponse.Error>(new TapdiskRequest.Detach(0));
        Assert.Equal(Errno.EBUSY, error.Errno);
        Assert.Contains("aio:/srv/a.img", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_request_for_an_unknown_minor_is_ENODEV()
    {
        TapdiskRequest[] requests =
        [
            new TapdiskRequest.Open(9, Raw()), new TapdiskRequest.Close(9), new TapdiskRequest.ForceShutdown(9), new TapdiskRequest.Pause(9),
            new TapdiskRequest.Resume(9, Raw()), new TapdiskRequest.Detach(9), new TapdiskRequest.Stats(9), new TapdiskRequest.DiskInfo(9),
            new TapdiskRequest.XenBlkifConnect(9, new TapdiskBlkif()), new TapdiskRequest.XenBlkifDisconnect(9, 1, 2),
            new TapdiskRequest.Inject(9, FaultKind.Crash, FaultOperation.Any, 0, 1),
        ];
        foreach (TapdiskRequest request in requests)
            Assert.Equal((request.Type, Errno.ENODEV), (request.Type, Ask<TapdiskResponse.Error>(request).Errno));
    }

    [Fact]
    public void List_minors_and_exit_are_EINVAL()
    {
        Assert.Equal(Errno.EINVAL, Ask<TapdiskResponse.Error>(new TapdiskRequest.ListMinors(0)).Errno);
        Assert.Equal(Errno.EINVAL, Ask<TapdiskResponse.Error>(new TapdiskRequest.Exit(0)).Errno);
    }

    [Fact]
    public void Forty_disks_are_listed_in_attach_order_with_counts_running_down()
    {
        for (int minor = 0; minor < 40; minor++)
            Open(minor);
        List<TapdiskResponse.List> list = Table.List(7);
        Assert.Equal(Enumerable.Range(0, 40), list.SkipLast(1).Select(entry => entry.Minor));
        Assert.Equal(Enumerable.Range(0, 41).Reverse(), list.Select(entry => entry.Count));
        Assert.Equal(-1, list[^1].Minor);
    }
}
