using System.Globalization;
using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>vhd/lib/vhd-util-set-field.c.</summary>
internal sealed class SetCommand : VhdVerb
{
    private const int MaxFieldName = 25;
    private string? _name;
    private string? _field;
    private long? _value;

    public override string Name => "set";

    public override string Usage => "options: <-n name> <-f field> <-v value> [-h help]\n";

    public override string Teaching => """
        Sets a field to a value from 0 to 255: `hidden', which marks a disk that only its children need any more, or
        `marker', which means what you want it to.

          vhd-util set -n base.vhd -f hidden -v 1

        """;

    protected override string Options => "n:f:v:h";

    protected override bool IsComplete => _name is not null && _field is not null && _value is not null;

    protected override string? Take(char option, string argument)
    {
        switch (option)
        {
            case 'n':
                _name = argument;
                break;
            case 'f':
                _field = argument;
                break;
            case 'v':
                if (!long.TryParse(argument, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value))
                    return $"-v wants a number from 0 to 255, not '{argument}'";
                _value = value;
                break;
        }

        return null;
    }

    protected override int Act(VhdContext context)
    {
        string? complaint = _field!.Length >= MaxFieldName ? "invalid field"
            : _field is not ("hidden" or "marker") ? $"invalid field {_field}"
            : _value is < 0 or > byte.MaxValue ? $"invalid value {_value}" : null;
        if (complaint is not null)
        {
            context.Output.Write(complaint + "\n");
            return Misused(context);
        }

        VhdImage image;
        try
        {
            image = VhdImage.Open(_name!, ImageAccess.ReadWrite, VhdLoadOptions.Bat | VhdLoadOptions.BatmapHeader);
        }
        catch (BlockException e)
        {
            return Fail(context, $"error opening {_name}", e);
        }

        using (image)
        {
            if (_field == "marker")
                image.SetMarker((byte)_value!);
            else
                SetHidden(image, (byte)_value!);
            image.File.Sync();
        }

        return 0;
    }

    private static void SetHidden(VhdImage image, byte value)
    {
        image.Footer.Hidden = value;
        try
        {
            image.WriteFooter();
        }
        catch (BlockException e) when (e.Errno == Errno.ENOSPC && image.Footer.IsSparse && value != 0)
        {
            // On a full disk the copy alone lets a storage manager see that the image may go.
            image.WriteFooterCopy();
        }
    }
}
