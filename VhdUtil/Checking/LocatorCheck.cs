using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Checking;

/// <summary>Whether a differencing disk's locators lead to its parent (vhd_util_check_parent_locators).</summary>
internal sealed class LocatorCheck(VhdImage image, CheckOptions options)
{
    /// <exception cref="CheckFailedException">They do not.</exception>
    public void Run()
    {
        string name = ParentPath.DecodeName(image.Header.ParentName)
            ?? throw new CheckFailedException($"error decoding parent name: {-Native.Errno.EINVAL}");
        HashSet<uint> codes = [];
        bool found = false;
        for (int i = 0; i < LocatorCount; i++)
        {
            ParentLocator locator = image.Header.GetLocator(i);
            if (HeaderCheck.FindProblem(locator, image.File.Length) is { } problem)
                throw new CheckFailedException($"invalid parent locator {i}: {problem}");
            if (!locator.IsUsed)
                continue;
            if (!codes.Add(locator.Code))
                throw new CheckFailedException($"duplicate platform code in locator {i}: 0x{locator.Code:x}");
            if (locator.Code is PLAT_CODE_MACX or PLAT_CODE_W2RU or PLAT_CODE_W2KU)
            {
                Check(i, locator, name);
                found = true;
            }
        }

        if (!found)
            throw new CheckFailedException($"could not find parent {name}");
    }

    private void Check(int index, ParentLocator locator, string name)
    {
        string path = image.ReadLocator(locator)
            ?? throw new CheckFailedException($"error reading parent locator {index}: {-Native.Errno.EINVAL}");
        string file = path[(path.LastIndexOf('/') + 1)..];
        if (file != name)
            throw new CheckFailedException($"parent locator {index} name ({file}) does not match header name ({name})");
        if (HostNames.Parents.Find(image.Path, path, out int errno) is not { } parent)
            throw new CheckFailedException($"error resolving {path}: {-errno}", errno);
        if (image.Header.HasRawParent || options.IgnoreParentUuid)
            return;
        try
        {
            using VhdImage opened = VhdImage.Open(parent, ImageAccess.Read, VhdLoadOptions.IgnoreDisabled);
            if (opened.Footer.Uuid != image.Header.ParentUuid)
                throw new CheckFailedException($"invalid parent {parent}: invalid parent uuid");
        }
        catch (BlockException)
        {
            throw new CheckFailedException($"invalid parent {parent}: error opening parent");
        }
    }
}
