namespace Tapvisor.Tests.ImageDrivers.Raw;

/// <summary>A block device over a file, for tests that run as root where the kernel has loop devices.</summary>
internal sealed class LoopDevice : IDisposable
{
    private LoopDevice(string path) => Path = path;

    internal string Path { get; }

    internal static LoopDevice Attach(string file, params string[] options)
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "loop devices need root");
        Skip.IfNot(File.Exists("/dev/loop-control"), "this kernel has no loop devices");
        return new LoopDevice(HostTool.Run("losetup", [.. options, "--find", "--show", file]));
    }

    public void Dispose() => HostTool.Run("losetup", "--detach", Path);
}
