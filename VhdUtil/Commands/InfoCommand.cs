using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Checking;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;
using Tapvisor.VhdUtil.Printing;

namespace Tapvisor.VhdUtil.Commands;

/// <summary>Tapvisor's own: a picture of a disk and what it is based on, for people.</summary>
internal sealed class InfoCommand : VhdVerb
{
    private string? _name;

    public override string Name => "info";

    public override string Usage => "options: [-n] <name> [-h help]\n";

    public override string Teaching => """
        Shows a disk and its chain: sizes, where on the disk each file holds data, from its beginning to its end, whether
        it is encrypted, and whether `vhd-util check' finds anything. Nothing is changed. The exit code is that of the
        first problem, 0 if all is well.

          vhd-util info leaf.vhd

        """;

    protected override string Options => "n:h";

    protected override int HelpExitCode => 0;

    protected override bool IsComplete => _name is not null;

    protected override string? Take(char option, string argument)
    {
        _name = argument;
        return null;
    }

    protected override bool TakeOperands(IReadOnlyList<string> operands)
    {
        if (_name is null && operands is [var name])
        {
            _name = name;
            return true;
        }

        return operands.Count == 0;
    }

    protected override int Act(VhdContext context)
    {
        ChainPicture picture = new(context.Output, context.Width());
        int code = 0;
        string? path = _name;
        List<FileStatus> seen = [];
        for (int depth = 1; path is not null; depth++)
        {
            FileStatus status = FileStatus.Of(path);
            if (seen.Exists(status.IsSameAs) || depth > VhdLimits.MaxToolChainDepth)
                throw new BlockException(
                    BlockErrorKind.CorruptImage, Errno.ELOOP, $"The chain of '{_name}' does not end: it comes back to '{path}'.");
            seen.Add(status);
            using VhdImage image = VhdImage.Open(path, ImageAccess.Read, VhdLoadOptions.All | VhdLoadOptions.IgnoreDisabled);
            (string health, int errno) = Health(context, path);
            code = code != 0 ? code : errno;
            picture.Print(image, depth, health);
            path = image.Footer.IsDifferencing ? image.FindParent() : null;
            if (path is not null && image.Header.HasRawParent)
            {
                using VhdImageFile raw = VhdImageFile.Open(path, ImageAccess.Read);
                picture.PrintRaw(raw, depth + 1);
                path = null;
            }
        }

        return code;
    }

    private static (string Text, int Errno) Health(VhdContext context, string path)
    {
        try
        {
            new VhdCheck(path, new CheckOptions { Now = VhdTime.FromUnixSeconds(context.Now()) }).Run();
            return ("good", 0);
        }
        catch (CheckFailedException e)
        {
            return (e.Message, e.Errno);
        }
        catch (BlockException e)
        {
            return (e.Message, e.Errno);
        }
    }
}
