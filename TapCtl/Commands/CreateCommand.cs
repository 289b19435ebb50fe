using Tapvisor.Control;
using Tapvisor.Messages;

namespace Tapvisor.TapCtl.Commands;

internal sealed class CreateCommand : Command
{
    private readonly OpenOptions _image = new();

    public override string Name => "create";

    public override string Usage =>
        "usage: create <-a type:/path/to/file> [-d device name] " + OpenOptions.Usage
        + "[-C <path/to/logfile> insert log layer to track changed blocks]\n";

    public override string Teaching => $"""
        Does it all: allocate, spawn, attach and open. Prints the marker of the new disk, whose name ends with the minor;
        if a step fails, those before it are undone. Destroy is the opposite.

        {OpenOptions.Teaching}  -d    accepted for old scripts, without effect

          tap-ctl create -a aio:/srv/disk.raw
          tap-ctl create -a vhd:/srv/a.vhd -R

        """;

    protected override string Options => "a:RDd:e:r2:st:C:h";

    protected override bool IsComplete => _image.IsComplete;

    protected override void Take(char option, string argument) => _image.Take(option, argument);

    protected override int Act(CommandContext context)
    {
        // What cannot be sent fails before anything is started.
        _ = TapdiskMessageCodec.Encode(_image.Request(0));
        int minor = context.Minors.Allocate();
        try
        {
            int pid = new ServiceLauncher(context.Client).EnsureService();
            context.Client.Ask<TapdiskResponse.Attach>(pid, new TapdiskRequest.Attach((ushort)minor), timeout: null);
            Open(context, pid, (ushort)minor);
        }
        catch
        {
            Undo(context, () => context.Minors.Free(minor));
            throw;
        }

        context.Output.Write(context.Directory.Marker(minor) + "\n");
        return 0;
    }

    private void Open(CommandContext context, int pid, ushort minor)
    {
        try
        {
            context.Client.Ask<TapdiskResponse.Open>(pid, _image.Request(minor), timeout: null);
        }
        catch
        {
            Undo(context, () => context.Client.Ask<TapdiskResponse.Detach>(pid, new TapdiskRequest.Detach(minor), context.Client.Patience));
            throw;
        }
    }

    /// <summary>The first error is the one to exit with; what cannot be undone is said nevertheless.</summary>
    private static void Undo(CommandContext context, Action action)
    {
        try
        {
            action();
        }
        catch (ControlException e)
        {
            context.Error.Write($"tap-ctl create: not undone: {e.Message}\n");
        }
    }
}
