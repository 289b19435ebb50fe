using Tapvisor.Messages;
using Tapvisor.Native;
using Tapvisor.TapCtl;
using Tapvisor.Tapdisk;
using Tapvisor.Tests.Control;

namespace Tapvisor.Tests.Tapdisk;

public sealed class TapdiskTests : IDisposable
{
    private const int Pid = 4711;

    private readonly TemporaryControlDirectory _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Prints_the_services_control_socket_for_upstreams_tap_ctl_to_read()
    {
        _temporary.AddService(Pid, FakeTapdisk.WithPid(Pid, request => new TapdiskResponse.Error(request.Cookie, Errno.ENOSYS)));
        Assert.Equal((0, _temporary.Directory.ControlSocket(Pid) + "\n", ""), Run());
    }

    [Theory]
    [InlineData("-Z", "tapdisk: invalid option -- 'Z'\nusage: tapdisk [-D] [-h]\n", Errno.EINVAL)]
    [InlineData("operand", "usage: tapdisk [-D] [-h]\n", Errno.EINVAL)]
    [InlineData("-h", "usage: tapdisk [-D] [-h]\n", 0)]
    public void Usage_goes_to_standard_error(string argument, string error, int code) => Assert.Equal((code, "", error), Run(argument));

    [Fact]
    public void Help_teaches() => Assert.Contains("tap-ctl spawn", Run("--help").Output, StringComparison.Ordinal);

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        CommandContext context = new(output, error, () => Stream.Null, isTerminal: false, _temporary.Directory);
        int code = TapdiskMain.Run(arguments, context);
        return (code, output.ToString(), error.ToString());
    }
}
