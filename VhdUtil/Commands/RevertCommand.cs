using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Resizing;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-revert.c.</summary>
internal sealed class RevertCommand : VhdVerb
{
    private string? _name;
    private string? _journal;

    public override string Name => "revert";

    public override string Usage => "options: <-n name> <-j journal> [-h help]\n";

    public override string Teaching => """
        Undoes a resize that was interrupted, which left the disk disabled, with the journal that the resize was given,
        and removes the journal. It may be repeated until it succeeds.

          vhd-util revert -n disk.vhd -j disk.journal

        """;

    protected override string Options => "n:j:h";

    protected override bool IsComplete => _name is not null && _journal is not null;

    protected override string? Take(char option, string argument)
    {
        if (option == 'n')
            _name = argument;
        else
            _journal = argument;
        return null;
    }

    protected override int Act(VhdContext context)
    {
        string step = "opening journal failed";
        try
        {
            using (VhdImageFile journal = VhdImageFile.Open(_journal!, ImageAccess.ReadWrite))
            using (VhdImageFile image = VhdImageFile.Open(_name!, ImageAccess.ReadWrite))
            {
                step = "reverting journal failed";
                JournalReplay.Apply(journal, image);
                step = "removing journal failed";
                if (!journal.IsBlockDevice)
                    VhdImageFile.Delete(_journal!);
            }

            return 0;
        }
        catch (BlockException e)
        {
            return Fail(context, step, e);
        }
    }
}
