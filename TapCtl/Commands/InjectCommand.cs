using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.Native;

namespace Tapvisor.TapCtl.Commands;

internal sealed class InjectCommand : Command
{
    private int? _pid;
    private int? _minor;
    private FaultKind _kind;
    private FaultOperation _operation;
    private uint _argument;
    private uint _count;

    public override string Name => "inject";

    public override string Usage =>
        "usage: inject <-m minor> <crash | error=ERRNO | hang | delay=MS | clear> [-o read|write|flush] [-n count] [-p pid]\n";

    public override string Teaching => """
        Makes a disk's image driver misbehave, to see it repaired: the guest should notice a pause at most. Works with
        Tapvisor's service only, and there only where the configuration says tapvisor.fault-injection = on.

          crash          the driver throws
          error=ERRNO    requests fail, with a number or a name like EIO
          hang           requests do not come back
          delay=MS       requests wait first
          clear          ends it
          -o    only requests of this kind; default: all
          -n    so many requests; default: until cleared
          -p    the service's pid; default: the one that spawn prints

          tap-ctl inject -m 0 crash -n 1
          tap-ctl inject -m 0 error=EIO -o write -n 3
          tap-ctl inject -m 0 delay=500 -o read
          tap-ctl inject -m 0 clear

        """;

    protected override string Options => "m:o:n:p:h";

    protected override bool IsComplete => _minor is not null;

    protected override void Take(char option, string argument)
    {
        switch (option)
        {
            case 'm':
                _minor = Number.Minor(argument);
                break;
            case 'p':
                _pid = Number.Pid(argument);
                break;
            case 'n':
                _count = (uint)Number.Parse("-n", "a number of requests", argument, 0, int.MaxValue);
                break;
            case 'o':
                _operation = argument switch
                {
                    "read" => FaultOperation.Read,
                    "write" => FaultOperation.Write,
                    "flush" => FaultOperation.Flush,
                    _ => throw new ControlException(Errno.EINVAL, $"-o wants read, write or flush, not '{argument}'"),
                };
                break;
        }
    }

    protected override bool TakeOperands(IReadOnlyList<string> operands)
    {
        if (!IsComplete || operands is not [var fault])
            return false;
        (_kind, _argument) = fault.Split('=', 2) switch
        {
            ["clear"] => (FaultKind.Clear, 0u),
            ["crash"] => (FaultKind.Crash, 0u),
            ["hang"] => (FaultKind.Hang, 0u),
            ["error", var errno] => (FaultKind.Error, (uint)ParseErrno(errno)),
            ["delay", var delay] => (FaultKind.Delay, (uint)Number.Parse("delay", "milliseconds", delay, 0, int.MaxValue)),
            _ => throw new ControlException(Errno.EINVAL, $"a fault is crash, error=ERRNO, hang, delay=MS or clear, not '{fault}'"),
        };
        return true;
    }

    protected override int Act(CommandContext context)
    {
        int pid = _pid ?? ServiceFile.FindService(context.Directory)
            ?? throw new ControlException(Errno.ESRCH, $"no Tapvisor service runs in {context.Directory.Path}");
        TapdiskRequest.Inject request = new((ushort)_minor!.Value, _kind, _operation, _argument, _count);
        context.Client.Ask<TapdiskResponse.Inject>(pid, request, context.Client.Patience);
        return 0;
    }

    private static int ParseErrno(string text) =>
        Errno.TryParse(text, out int errno) ? errno : Number.Parse("error", "an errno", text, 1, Errno.Largest);
}
