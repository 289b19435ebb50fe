using System.Globalization;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Copying;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-coalesce.c.</summary>
internal sealed class CoalesceCommand : VhdVerb
{
    private string? _name;
    private bool _sparse;
    private bool _progress;

    public override string Name => "coalesce";

    public override string Usage => "options: <-n name> [-s sparse] [-p progress] [-h help]\n";

    public override string Teaching => """
        Copies what a differencing disk holds into its parent, which nobody may use but through this disk. Afterwards
        the parent shows what the disk shows, and the disk can be removed once its children are based on the parent
        (`vhd-util modify -p'). Interrupted, it can be begun anew. On a device, -s leaves what new blocks hold beside
        the data as it is. -p prints the progress where standard error is no terminal.

          vhd-util coalesce -n middle.vhd
          vhd-util modify -n leaf.vhd -p base.vhd

        """;

    // Upstream takes -o, -a and -x with a value and does nothing but complain about them.
    protected override string Options => "n:o:a:x:sph";

    protected override bool IsComplete => _name is not null;

    protected override string? Take(char option, string argument)
    {
        switch (option)
        {
            case 'n':
                _name = argument;
                return null;
            case 's':
                _sparse = true;
                return null;
            case 'p':
                _progress = true;
                return null;
            default:
                return $"-{option} is not supported";
        }
    }

    protected override int Act(VhdContext context)
    {
        try
        {
            context.Output.Write(string.Create(CultureInfo.InvariantCulture, $"Coalesced {Coalesce(context)} sectors"));
            if (context.IsTerminal)
            {
                // Standard output has no line feed, for scripts; whoever looks should not find the prompt behind it.
                context.Output.Flush();
                context.Error.Write("\n");
            }
            return 0;
        }
        catch (BlockException e)
        {
            return Fail(context, "error coalescing", e);
        }
    }

    private long Coalesce(VhdContext context)
    {
        using VhdImage child = Attempt(
            context, $"error opening {_name}",
            () => VhdImage.Open(_name!, ImageAccess.Read, VhdLoadOptions.Strict | VhdLoadOptions.Batmap));
        if (!child.Footer.IsDifferencing)
        {
            context.Output.Write("coalescing of non-differencing disks is not supported\n");
            throw VhdErrors.Unsupported(_name!, "is no differencing disk and has no parent to be coalesced into");
        }

        string path = Attempt(context, $"error finding {_name} parent", child.FindParent);
        CoalesceJob job = new(child);
        if (child.Header.HasRawParent)
        {
            if (child.GetKeyHash() is not null)
                throw VhdErrors.Unsupported(_name!, $"is encrypted and cannot be coalesced into the raw disk '{path}'");
            using VhdImageFile raw = Attempt(context, $"failed to open parent {path}", () => VhdImageFile.Open(path, ImageAccess.ReadWrite));
            return WithProgress(context, progress => job.IntoRaw(raw, raw.IsBlockDevice ? raw.Length : null, progress));
        }

        if (_sparse)
            context.Output.Write("opening for sparse writes\n");
        using VhdImage parent = Attempt(
            context, $"error opening {path}",
            () => VhdImage.Open(path, ImageAccess.ReadWrite, VhdLoadOptions.Strict | VhdLoadOptions.Batmap));
        CheckParent(child, parent);
        return WithProgress(context, progress => parent.Footer.IsFixed
            ? job.IntoRaw(parent.File, (long)parent.Metadata.VirtualSize, progress) : job.IntoVhd(parent, _sparse, progress));
    }

    private static void CheckParent(VhdImage child, VhdImage parent)
    {
        if (parent.Footer.Uuid != child.Header.ParentUuid)
            throw VhdErrors.Parent(
                $"'{parent.Path}' is not the parent that '{child.Path}' was based on: "
                + $"its UUID is {parent.Footer.Uuid} instead of {child.Header.ParentUuid}.", Errno.EINVAL);
        if (!Extras.IsSameKey(child.GetKeyHash(), parent.Footer.IsFixed ? null : parent.GetKeyHash()))
            throw VhdErrors.Unsupported(
                child.Path, $"and its parent '{parent.Path}' are not encrypted with the same key, so their data cannot be merged");
    }

    private static T Attempt<T>(VhdContext context, string complaint, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (BlockException e)
        {
            context.Output.Write($"{complaint}: {-e.Errno}\n");
            throw;
        }
    }

    private long WithProgress(VhdContext context, Func<Action<double>, long> work)
    {
        long result = 0;
        ProgressDisplay.Run(
            context, $"coalescing {Path.GetFileName(_name)}", _progress ? Plain(context) : null, progress => result = work(progress));
        if (_progress && !context.IsTerminal)
            context.Output.Write("\r100.00%\n");
        return result;
    }

    private static Action<double> Plain(VhdContext context) => done =>
    {
        context.Output.Write(string.Create(CultureInfo.InvariantCulture, $"\r{done * 100,6:F2}%"));
        context.Output.Flush();
    };
}
