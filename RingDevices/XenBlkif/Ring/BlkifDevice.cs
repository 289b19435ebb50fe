using Microsoft.Extensions.Logging;
using Tapvisor.Disks.Requests;
using Tapvisor.Messages.Blkif;
using Tapvisor.RingDevices.XenBlkif.Polling;
using Tapvisor.RingDevices.XenBlkif.Seam;
using Tapvisor.RingDevices.XenBlkif.Shadow;
using Tapvisor.RingDevices.XenBlkif.Wire;

namespace Tapvisor.RingDevices.XenBlkif.Ring;

/// <summary>What the rings of one guest's device have in common.</summary>
internal sealed record BlkifDevice(
    RequestQueue Queue,
    int Minor,
    BlkifFrontend Frontend,
    BlkifLayout Layout,
    XenGateway Gateway,
    IdleCpu IdleCpu,
    ShadowDirectory Shadows,
    XenBlkifOptions Options,
    ILogger Log);
