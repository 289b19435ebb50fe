using Tapvisor.Native;

namespace Tapvisor.Actors.Image;

/// <summary>An image driver threw, hung or lost its lease; its supervisor decides what follows.</summary>
public sealed class ImageFaultedException(Exception cause) : Exception(Describe(cause), cause)
{
    /// <summary>
    /// Opening the same image again cannot help, or must not be tried: the image is damaged, or somebody else may be writing to it.
    /// </summary>
    public bool IsPermanent => InnerException is BlockException { Kind: BlockErrorKind.CorruptImage or BlockErrorKind.LeaseLost };

    private static string Describe(Exception cause) => cause switch
    {
        BlockException or TimeoutException => cause.Message,
        _ => $"{cause.GetType().Name}: {cause.Message}",
    };
}
