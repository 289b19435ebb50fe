using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Files;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Native;

namespace Tapvisor.Tests.BlockIo.Engines;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class OpenFileTests
{
    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_missing_file_is_not_found(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        BlockException error = Refused(host, host.PathOf("nowhere"), IoOpenOptions.None);
        Assert.Equal((BlockErrorKind.NotFound, Errno.ENOENT), (error.Kind, error.Errno));
        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_directory_is_refused(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        Assert.Equal(Errno.EISDIR, Refused(host, host.PathOf(""), IoOpenOptions.None).Errno);
        Assert.Equal(Errno.EISDIR, Refused(host, host.PathOf(""), IoOpenOptions.ReadOnly).Errno);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_terminal_or_other_character_device_is_refused(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        BlockException error = Refused(host, "/dev/null", IoOpenOptions.None);
        Assert.Equal((BlockErrorKind.InvalidArgument, Errno.EINVAL), (error.Kind, error.Errno));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void What_is_no_path_is_refused(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        Assert.Equal(Errno.EINVAL, Refused(host, "", IoOpenOptions.None).Errno);
        Assert.Equal(Errno.EINVAL, Refused(host, host.PathOf("a\0b"), IoOpenOptions.None).Errno);
        Assert.Equal(Errno.ENAMETOOLONG, Refused(host, host.PathOf(new string('x', 300)), IoOpenOptions.None).Errno);
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_new_file_must_not_exist_and_belongs_to_the_owner_alone(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.PathOf("new");
        Assert.Equal(0, host.WithFile(path, IoOpenOptions.CreateNew, async IoTask<long> (file) => file.Length));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        BlockException error = Refused(host, path, IoOpenOptions.CreateNew);
        Assert.Equal((BlockErrorKind.InvalidArgument, Errno.EEXIST), (error.Kind, error.Errno));
    }

    [SkippableTheory, ClassData(typeof(EngineKinds))]
    public void A_revoked_scope_opens_nothing_and_leaves_nothing_open(IoEngineKind kind)
    {
        using EngineHost host = EngineHost.Start(kind);
        string path = host.NewFile("f", new byte[512]);
        Task<IoFile> opening = host.Engine.RunAsync(async IoTask<IoFile> () =>
        {
            IoTask<IoFile> open = host.Engine.OpenAsync(host.Scope, path, IoOpenOptions.None);
            host.Scope.Revoke();
            return await open;
        });
        BlockException error = Assert.Throws<BlockException>(() => opening.WaitAsync(EngineHost.Patience).GetAwaiter().GetResult());
        Assert.Equal(Errno.ECANCELED, error.Errno);
        Assert.Equal(Errno.ECANCELED, Refused(host, path, IoOpenOptions.None).Errno);
        Assert.DoesNotContain(path, ProcessResources.OpenFiles());
    }

    private static BlockException Refused(EngineHost host, string path, IoOpenOptions options) =>
        Assert.Throws<BlockException>(() => host.WithFile(path, options, async IoTask<int> (_) => 0));
}
