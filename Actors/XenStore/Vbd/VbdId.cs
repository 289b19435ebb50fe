using System.Globalization;

namespace Tapvisor.Actors.XenStore.Vbd;

/// <summary>A guest's block device: its domain and the number that it has there.</summary>
internal readonly record struct VbdId(uint DomId, uint DevId)
{
    // DOMID_FIRST_RESERVED of public header xen.h.
    private const uint FirstReservedDomain = 0x7FF0;

    /// <summary>domid/devid, as below the backend's directory.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{DomId}/{DevId}");

    internal static bool TryParse(string domId, string devId, out VbdId id)
    {
        bool isId = uint.TryParse(domId, NumberStyles.None, CultureInfo.InvariantCulture, out uint domain)
            & uint.TryParse(devId, NumberStyles.None, CultureInfo.InvariantCulture, out uint device);
        id = new VbdId(domain, device);

        // "007" would be another node than "7".
        return isId && domain < FirstReservedDomain && id.ToString() == $"{domId}/{devId}";
    }
}
