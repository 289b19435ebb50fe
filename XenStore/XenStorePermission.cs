using System.Globalization;

namespace Tapvisor.XenStore;

/// <summary>
/// One entry of a node's list of permissions. The first entry names the owner, who may do everything, and what every domain may do that
/// the others do not name.
/// </summary>
public readonly record struct XenStorePermission(uint DomId, XenStoreAccess Access)
{
    /// <summary>A letter and a domid, as in "r5".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Letter}{DomId}");

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, out XenStorePermission permission)
    {
        permission = default;
        if (text.Length < 2 || !ushort.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort domId))
            return false;
        XenStoreAccess? access = text[0] switch
        {
            'n' => XenStoreAccess.None,
            'r' => XenStoreAccess.Read,
            'w' => XenStoreAccess.Write,
            'b' => XenStoreAccess.Both,
            _ => null,
        };
        permission = new XenStorePermission(domId, access ?? XenStoreAccess.None);
        return access is not null;
    }

    private char Letter => Access switch
    {
        XenStoreAccess.Read => 'r',
        XenStoreAccess.Write => 'w',
        XenStoreAccess.Both => 'b',
        _ => 'n',
    };
}
