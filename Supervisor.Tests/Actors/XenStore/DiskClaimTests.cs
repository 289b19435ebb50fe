using Tapvisor.Actors.XenStore.Vbd;

namespace Tapvisor.Tests.Actors.XenStore;

public sealed class DiskClaimTests
{
    private readonly OpenDisks _disks = new();

    public DiskClaimTests() => _disks.Set(new OpenDisk(26, ["nbd100.26", "nbd90.26"], 8));

    [Theory]
    [InlineData("/run/blktap-control/nbd100.26")]
    [InlineData("/var/run/blktap-control/nbd100.26")]
    [InlineData("nbd100.26")]
    [InlineData("/run/blktap-control/nbd90.26")]
    public void A_path_names_our_disk_also_by_a_dead_services_name(string path) =>
        Assert.Equal((DiskOwner.Ours, 26, true), Of(path, null));

    [Fact]
    public void Our_pid_with_a_disk_that_is_not_open_is_ours() => Assert.Equal((DiskOwner.Ours, 27, false), Of("/x/nbd100.27", null));

    [Fact]
    public void A_living_process_has_its_own_disks() => Assert.Equal((DiskOwner.Foreign, -1, false), Of("/x/nbd200.26", null));

    [Fact]
    public void A_dead_process_has_none() => Assert.Equal((DiskOwner.None, -1, false), Of("/x/nbd300.26", null));

    [Theory]
    [InlineData("/dev/sda")]
    [InlineData("/x/nbd")]
    [InlineData("/x/nbd100")]
    [InlineData("/x/nbd100.26.1")]
    [InlineData("/x/nbd-100.26")]
    [InlineData("/x/nbd99999999999.26")]
    [InlineData("/x/nbd100.26/")]
    public void Other_paths_name_nothing(string path) => Assert.Equal(DiskOwner.Malformed, Of(path, null).Owner);

    [Theory]
    [InlineData("0:1a", DiskOwner.Ours)]
    [InlineData("00:1A", DiskOwner.Ours)]
    [InlineData("0:1b", DiskOwner.Foreign)]
    [InlineData("8:1a", DiskOwner.Malformed)]
    [InlineData("26", DiskOwner.Malformed)]
    [InlineData("0:ffffffff", DiskOwner.Malformed)]
    [InlineData("0:", DiskOwner.Malformed)]
    [InlineData("", DiskOwner.None)]
    internal void A_device_number_is_hexadecimal_and_of_major_0(string device, DiskOwner owner) =>
        Assert.Equal(owner, Of(null, device).Owner);

    [Fact]
    public void The_path_counts_more_than_the_number() => Assert.Equal(DiskOwner.Foreign, Of("/x/nbd200.26", "0:1a").Owner);

    private (DiskOwner Owner, int Minor, bool IsOpen) Of(string? path, string? device)
    {
        DiskClaim claim = DiskClaim.Of(path, device, _disks, pid: 100, isAlive: pid => pid == 200);
        return (claim.Owner, claim.Minor, claim.Disk is not null);
    }
}
