using Tapvisor.Control;
using Tapvisor.Tests.Supervisor.EndToEnd;

namespace Tapvisor.Tests.Scripts;

/// <summary>scripts/block-tap as libxl runs it, against the service as it is installed.</summary>
public sealed class BlockTapTests
{
    [SkippableTheory]
    [InlineData("sh")]
    [InlineData("busybox")]
    public async Task Add_opens_the_image_and_remove_closes_it(string shell)
    {
        Tool.Require(shell, "flock");
        using var host = new HotplugHost(shell);
        Daemon service = await host.ServeAsync();
        HotplugDevice device = host.Attach(5, $"aio:{host.Image()}");

        await host.OkAsync("add", device);
        TapdiskEntry disk = Assert.Single(host.Disks);
        Assert.Equal("connected", device["hotplug-status"]);
        Assert.Equal($"{service.Id}", device["pid"]);
        Assert.Equal($"{disk.Minor}", device["minor"]);
        Assert.Equal(host.Client.Directory.NbdSocket(service.Id, disk.Minor!.Value), device["physical-device-path"]);
        Assert.Null(device["physical-device"]);
        Assert.Null(device["hotplug-error"]);

        await host.OkAsync("remove", device);
        Assert.Empty(host.Disks);
        Assert.Null(device["hotplug-status"]);
    }

    [SkippableFact]
    public async Task What_QEMU_is_told_leads_to_the_disk()
    {
        Tool.Require("nbdinfo", "flock");
        using var host = new HotplugHost();
        await host.ServeAsync();
        HotplugDevice device = host.Attach(5, $"aio:{host.Image()}");
        await host.OkAsync("add", device);
        Assert.Equal("1048576", (await InfoAsync("--size", device)).Output.Trim());
    }

    [SkippableFact]
    public async Task A_disk_of_mode_r_is_opened_read_only()
    {
        Tool.Require("nbdinfo", "flock");
        using var host = new HotplugHost();
        await host.ServeAsync();
        HotplugDevice reader = host.Attach(5, $"aio:{host.Image()}", "r");
        HotplugDevice writer = host.Attach(5, $"aio:{host.Image("b.img")}", "w", 51728);
        await host.OkAsync("add", reader);
        await host.OkAsync("add", writer);
        Assert.Equal(0, (await InfoAsync("--is=readonly", reader)).ExitCode);
        Assert.Equal(2, (await InfoAsync("--is=readonly", writer)).ExitCode);
    }

    [SkippableFact]
    public async Task Add_starts_a_service_where_none_runs_and_gives_up_the_lock()
    {
        Tool.Require("flock");
        using var host = new HotplugHost();
        await host.OkAsync("add", host.Attach(5, $"aio:{host.Image()}"));
        await host.OkAsync("add", host.Attach(5, $"aio:{host.Image("b.img")}", device: 51728));
        Assert.Equal(2, host.Disks.Count);
    }

    [SkippableFact]
    public async Task Both_verbs_may_be_repeated()
    {
        Tool.Require("flock");
        using var host = new HotplugHost();
        await host.ServeAsync();
        HotplugDevice device = host.Attach(5, $"aio:{host.Image()}");
        await host.OkAsync("add", device);
        string? minor = device["minor"];
        await host.OkAsync("add", device);
        Assert.Equal(minor, device["minor"]);
        Assert.Single(host.Disks);
        await host.OkAsync("remove", device);
        await host.OkAsync("remove", device);
        Assert.Contains("nothing to remove", host.Log, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("a disk:with pid=7 minor=9, all of it.img")]
    [InlineData("-t.img")]
    [InlineData("'quoted' \"twice\" $HOME *.img")]
    public async Task A_path_may_hold_anything(string name)
    {
        Tool.Require("flock");
        using var host = new HotplugHost();
        await host.ServeAsync();
        string image = host.Image(name);
        HotplugDevice device = host.Attach(5, $"aio:{image}");
        await host.OkAsync("add", device);
        Assert.Equal(image, Assert.Single(host.Disks).Path);
        Assert.Equal($"{Assert.Single(host.Disks).Minor}", device["minor"]);
        await host.OkAsync("remove", device);
        Assert.Empty(host.Disks);
    }

    [SkippableTheory]
    [InlineData("w", "w")]
    [InlineData("r", "w")]
    [InlineData("w", "r")]
    public async Task Two_guests_do_not_share_an_image_that_one_writes(string first, string second)
    {
        Tool.Require("flock");
        using var host = new HotplugHost();
        await host.ServeAsync();
        string image = host.Image();
        await host.OkAsync("add", host.Attach(5, $"aio:{image}", first));
        HotplugDevice late = host.Attach(6, $"aio:{image}", second);
        Assert.Equal(1, (await host.RunAsync("add", late)).ExitCode);
        Assert.Equal("busy", late["hotplug-status"]);
        Assert.Contains($"'{image}' is the disk of domain 5 already", late["hotplug-error"], StringComparison.Ordinal);
        Assert.Single(host.Disks);
    }

    [SkippableFact]
    public async Task An_image_is_the_same_under_another_name()
    {
        Tool.Require("flock");
        using var host = new HotplugHost();
        await host.ServeAsync();
        string image = host.Image();
        File.CreateSymbolicLink($"{image}.link", image);
        await host.OkAsync("add", host.Attach(5, $"aio:{image}"));
        HotplugDevice late = host.Attach(6, $"aio:{image}.link");
        Assert.Equal(1, (await host.RunAsync("add", late)).ExitCode);
        Assert.Equal("busy", late["hotplug-status"]);
    }

    [SkippableFact]
    public async Task Readers_share_a_tapdisk_until_the_last_has_gone()
    {
        Tool.Require("flock");
        using var host = new HotplugHost();
        await host.ServeAsync();
        string image = host.Image();
        HotplugDevice first = host.Attach(5, $"aio:{image}", "r");
        HotplugDevice second = host.Attach(6, $"aio:{image}", "r");
        await host.OkAsync("add", first);
        await host.OkAsync("add", second);
        Assert.Equal(first["minor"], second["minor"]);
        await host.OkAsync("remove", first);
        Assert.Single(host.Disks);
        await host.OkAsync("remove", second);
        Assert.Empty(host.Disks);
    }

    [SkippableFact]
    public async Task A_guest_and_its_stub_domain_share_a_tapdisk_even_when_they_start_at_once()
    {
        Tool.Require("flock");
        using var host = new HotplugHost();
        await host.ServeAsync();
        host.Target(stubDomain: 6, guest: 5);
        string image = host.Image();
        HotplugDevice guest = host.Attach(5, $"aio:{image}");
        HotplugDevice stub = host.Attach(6, $"aio:{image}");
        await Task.WhenAll(host.OkAsync("add", guest), host.OkAsync("add", stub));
        Assert.Equal(guest["minor"], stub["minor"]);
        Assert.Single(host.Disks);
    }

    [SkippableFact]
    public async Task Remove_finds_the_disk_in_the_service_that_brought_it_back()
    {
        Tool.Require("flock");
        using var host = new HotplugHost();
        Daemon service = await host.ServeAsync();
        HotplugDevice device = host.Attach(5, $"aio:{host.Image()}");
        await host.OkAsync("add", device);
        await service.EndAsync("KILL");
        await host.ServeAsync();
        Assert.Single(host.Disks);
        await host.OkAsync("remove", device);
        Assert.Empty(host.Disks);
    }

    [SkippableFact]
    public async Task Remove_leaves_another_disk_that_got_the_minor_alone()
    {
        Tool.Require("flock");
        using var host = new HotplugHost();
        await host.ServeAsync();
        HotplugDevice former = host.Attach(5, $"aio:{host.Image()}");
        await host.OkAsync("add", host.Attach(6, $"aio:{host.Image("b.img")}"));
        former["minor"] = $"{Assert.Single(host.Disks).Minor}";
        await host.OkAsync("remove", former);
        Assert.Single(host.Disks);
    }

    [SkippableTheory]
    [InlineData("aio:/nonexistent", "w", "No such file")]
    [InlineData("aio", "w", "TYPE:PATH")]
    [InlineData("aio:", "w", "TYPE:PATH")]
    [InlineData("", "w", "TYPE:PATH")]
    [InlineData("odd:/dev/zero", "w", "odd")]
    [InlineData("aio:/dev/zero", "x", "mode is 'x'")]
    public async Task What_cannot_be_served_is_said_in_hotplug_error(string parameters, string mode, string reason)
    {
        Tool.Require("flock");
        using var host = new HotplugHost();
        await host.ServeAsync();
        HotplugDevice device = host.Attach(5, parameters, mode);
        Assert.Equal(1, (await host.RunAsync("add", device)).ExitCode);
        Assert.Equal("error", device["hotplug-status"]);
        Assert.Contains(reason, device["hotplug-error"], StringComparison.Ordinal);
        Assert.Contains(reason, host.Log, StringComparison.Ordinal);
        Assert.Empty(host.Disks);
    }

    [SkippableFact]
    public async Task An_add_that_cannot_be_told_is_undone()
    {
        Tool.Require("flock");
        using var host = new HotplugHost();
        await host.ServeAsync();
        HotplugDevice device = host.Attach(5, $"aio:{host.Image()}");
        host.RefuseWrites();
        Assert.Equal(1, (await host.RunAsync("add", device)).ExitCode);
        Assert.Empty(host.Disks);
    }

    [SkippableFact]
    public async Task A_device_that_has_gone_is_not_written_again()
    {
        Tool.Require("flock");
        using var host = new HotplugHost();
        HotplugDevice gone = host.Device(5, 51712);
        Assert.Equal(1, (await host.RunAsync("add", gone)).ExitCode);
        await host.OkAsync("remove", gone);
        Assert.Null(gone["hotplug-status"]);
    }

    [SkippableFact]
    public async Task A_wrong_verb_is_exit_2()
    {
        using var host = new HotplugHost();
        Assert.Equal(2, (await host.RunAsync("online", host.Attach(5, "aio:/dev/zero"))).ExitCode);
    }

    private static Task<ToolResult> InfoAsync(string option, HotplugDevice device) => Tool.TryAsync(
        "nbdinfo", new Dictionary<string, string>(), option, $"nbd+unix:///?socket={device["physical-device-path"]}");
}
