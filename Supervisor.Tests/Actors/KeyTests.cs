using Akka.Actor;
using Tapvisor.Actors.Disks;
using Tapvisor.Actors.Supervisor;
using Tapvisor.ImageDrivers;
using Tapvisor.Messages;
using Tapvisor.Native;
using Xunit.Abstractions;

namespace Tapvisor.Tests.Actors;

/// <summary>Where a disk's key is, and for how long.</summary>
public sealed class KeyTests(ITestOutputHelper output) : SupervisorSpec(output)
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public void The_key_of_open_reaches_the_image_and_stays_with_the_disk_though_its_message_is_erased()
    {
        FakeDiskHost host = OpenEncrypted();
        Assert.Equal(s_key, host.FakeImage.LastOpen!.Key!.Bytes.ToArray());
    }

    [Fact]
    public void Resume_and_a_restarted_driver_get_the_same_key()
    {
        FakeDiskHost host = OpenEncrypted();
        Ask<TapdiskResponse.Pause>(new TapdiskRequest.Pause(0));
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(0, new TapdiskParams()));
        Assert.Equal(s_key, host.FakeImage.LastOpen!.Key!.Bytes.ToArray());
        host.FakeImage.Fail(new InvalidOperationException("boom"));
        int opened = host.FakeImage.Calls.Count(call => call == "open");
        PassTimeUntil(() => host.FakeImage.Calls.Count(call => call == "open") > opened);
        Assert.Equal(s_key, host.FakeImage.LastOpen!.Key!.Bytes.ToArray());
    }

    [Fact]
    public void Close_erases_it()
    {
        FakeDiskHost host = OpenEncrypted();
        EncryptionKey key = host.FakeImage.LastOpen!.Key!;
        Ask<TapdiskResponse.Close>(new TapdiskRequest.Close(0));
        Assert.Throws<ObjectDisposedException>(() => key.Bytes.Length);
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open(0, Raw()));
        Assert.Null(host.FakeImage.LastOpen!.Key);
    }

    [Fact]
    public void A_refused_open_erases_it()
    {
        FakeDiskHost host = Attach(0);
        host.FakeImage.RefuseNext(Errno.ENOKEY, BlockErrorKind.InvalidArgument);
        Assert.Equal(Errno.ENOKEY, Ask<TapdiskResponse.Error>(Encrypted()).Errno);
        Assert.Throws<ObjectDisposedException>(() => host.FakeImage.LastOpen!.Key!.Bytes.Length);
    }

    [Fact]
    public void A_disk_whose_key_is_gone_comes_back_paused_and_refuses_to_resume()
    {
        Adopt();
        PassTimeUntil(() => StateOf(0).HasFlag(VbdState.TD_VBD_PAUSED | VbdState.TD_VBD_RESUME_FAILED));
        TapdiskResponse.Error error = Ask<TapdiskResponse.Error>(new TapdiskRequest.Resume(0, new TapdiskParams()));
        Assert.Equal(Errno.ENOKEY, error.Errno);
        Assert.Contains("open -E", error.Text, StringComparison.Ordinal);
        Assert.Equal(Errno.ENOKEY, Ask<TapdiskResponse.Error>(new TapdiskRequest.Open(0, Raw())).Errno);
        Assert.DoesNotContain("open", Hosts[0].FakeImage.Calls);
        Assert.True(Journal[0]!.Paused);
        Ask<TapdiskResponse.Close>(new TapdiskRequest.Close(0));
    }

    [Fact]
    public void An_open_with_the_key_resumes_it_at_the_size_its_guest_knows()
    {
        Adopt();
        FakeImageHost image = Hosts[0].FakeImage;
        image.RefuseNext(Errno.ENOKEY, BlockErrorKind.InvalidArgument);
        Assert.Equal(Errno.ENOKEY, Ask<TapdiskResponse.Error>(Encrypted()).Errno);
        Assert.Equal(Errno.ENOKEY, Ask<TapdiskResponse.Error>(new TapdiskRequest.Resume(0, new TapdiskParams())).Errno);
        image.Info = new ImageInfo(4096 * 512, 512, 1, false);
        Assert.Equal(4096UL, Ask<TapdiskResponse.Open>(Encrypted()).Image.Sectors);
        Assert.Equal(2048 * 512, image.LastOpen!.MinimumLength);
        Assert.Equal(s_key, image.LastOpen.Key!.Bytes.ToArray());
        Assert.Equal(VbdState.None, StateOf(0));
        Assert.Equal(Errno.EALREADY, Ask<TapdiskResponse.Error>(Encrypted()).Errno);
    }

    [Fact]
    public void A_disk_whose_key_can_be_found_comes_back_by_itself()
    {
        Adopt(findsKeys: true);
        PassTimeUntil(() => Hosts[0].FakeImage.IsOpen);
        Assert.Null(Hosts[0].FakeImage.LastOpen!.Key);
        PassTimeUntil(() => StateOf(0) == VbdState.None);
        Assert.False(Journal[0]!.Paused);
    }

    [Fact]
    public void A_key_that_is_not_found_after_all_leaves_the_disk_paused_until_it_is()
    {
        Adopt(findsKeys: true, refusal: Errno.ENOKEY);
        PassTimeUntil(() => StateOf(0).HasFlag(VbdState.TD_VBD_PAUSED | VbdState.TD_VBD_RESUME_FAILED));
        Assert.True(Journal[0]!.Flags.HasFlag(TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED));
        Hosts[0].FakeImage.RefuseNext(Errno.ENOKEY, BlockErrorKind.InvalidArgument);
        Assert.Equal(Errno.ENOKEY, Ask<TapdiskResponse.Error>(new TapdiskRequest.Resume(0, new TapdiskParams())).Errno);
        Ask<TapdiskResponse.Resume>(new TapdiskRequest.Resume(0, new TapdiskParams()));
        Assert.Equal(VbdState.None, StateOf(0));
    }

    [Fact]
    public void A_disk_that_found_its_key_by_itself_takes_one_by_open_when_it_does_not_find_it_any_more()
    {
        Adopt(findsKeys: true, refusal: Errno.ENOKEY, flags: TapdiskMessageFlags.None);
        PassTimeUntil(() => StateOf(0).HasFlag(VbdState.TD_VBD_PAUSED));
        Ask<TapdiskResponse.Open>(Encrypted());
        Assert.Equal(s_key, Hosts[0].FakeImage.LastOpen!.Key!.Bytes.ToArray());
    }

    private static TapdiskRequest.Open Encrypted() => new(
        0, Raw() with { Flags = TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED }, Key: new EncryptionKey(s_key));

    private FakeDiskHost OpenEncrypted()
    {
        FakeDiskHost host = Attach(0);
        TapdiskRequest.Open open = Encrypted();
        Ask<TapdiskResponse.Open>(open);
        open.Key!.Dispose();
        return host;
    }

    private void Adopt(
        bool findsKeys = false,
        int refusal = 0,
        TapdiskMessageFlags flags = TapdiskMessageFlags.TAPDISK_MESSAGE_FLAG_OPEN_ENCRYPTED)
    {
        Hosts.Prepare = host =>
        {
            host.FakeImage.FindsKeys = findsKeys;
            if (refusal != 0)
                host.FakeImage.RefuseNext(refusal, BlockErrorKind.InvalidArgument);
        };
        Markers.Allocate();
        var record = new DiskRecord
        {
            Minor = 0,
            Name = "aio:/srv/a.img",
            Flags = flags,
            Sectors = 2048,
            SectorSize = 512,
        };
        Supervisor.Tell(new Adopt([record]), TestActor);
        ExpectMsg<Adopted>();
    }
}
