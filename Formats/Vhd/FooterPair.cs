namespace Tapvisor.Formats.Vhd;

/// <summary>
/// The footer in a file's last sector and the copy in its first. Of a dynamic disk that is in use, or was when the power failed, the last
/// sector holds a guest's data, which must never pose as a footer; of a fixed disk the first sector always does. So the copy counts
/// wherever it says that the disk is not fixed, unless the last sector contradicts it there.
/// </summary>
/// <param name="tail">The last 512 bytes, or the last 511 of a file that ends so; null if not looked at.</param>
/// <param name="copy">The first 512 bytes; null when there are fewer.</param>
public sealed class FooterPair(VhdFooter? tail, VhdFooter? copy)
{
    public VhdFooter? Tail { get; } = tail;

    public VhdFooter? Copy { get; } = copy;

    public FooterVerdict Verdict
    {
        get
        {
            bool tailValid = Tail?.IsValid ?? false;
            if (Copy is not { IsValid: true, IsFixed: false })
                return tailValid ? FooterVerdict.Tail : Tail is null && Copy is { IsValid: true } ? FooterVerdict.Copy : FooterVerdict.None;
            return tailValid && Tail!.IsFixed ? FooterVerdict.Contradiction : FooterVerdict.Copy;
        }
    }
}
