using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-repair.c.</summary>
internal sealed class RepairCommand : VhdVerb
{
    private string? _name;
    private bool _useBackup;

    public override string Name => "repair";

    public override string Usage => "options: <-n name> <-b use the back-up footer> [-h help]\n";

    public override string Teaching => """
        Writes both footers anew, the last sector's and its copy in the first, as after a crash. What the copy says
        counts, unless it is damaged; with -b nothing but the copy is looked at. A file is cut off behind its last block.

          vhd-util repair -n disk.vhd

        """;

    protected override string Options => "n:bh";

    protected override bool IsComplete => _name is not null;

    protected override string? Take(char option, string argument)
    {
        if (option == 'n')
            _name = argument;
        else
            _useBackup = true;
        return null;
    }

    protected override int Act(VhdContext context)
    {
        VhdLoadOptions options = VhdLoadOptions.Strict | VhdLoadOptions.Batmap
            | (_useBackup ? VhdLoadOptions.UseBackupFooter : VhdLoadOptions.None);
        VhdImage image;
        try
        {
            image = VhdImage.Open(_name!, ImageAccess.ReadWrite, options);
        }
        catch (BlockException e)
        {
            return Fail(context, $"error opening {_name}", e);
        }

        using (image)
        {
            if (image.Footer.Uuid == Guid.Empty)
                image.Footer.Uuid = context.NewUuid();
            try
            {
                if (image.HasLostBatmap)
                    image.WriteBatmap();
                image.WriteFooter();
                image.File.Sync();
            }
            catch (BlockException e)
            {
                return Fail(context, "error writing footer", e);
            }
        }

        return 0;
    }
}
