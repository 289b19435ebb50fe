using System.Reflection;

namespace Tapvisor.Tests.Architecture;

/// <summary>The rooms of the house and what each may use (docs/architecture.md).</summary>
internal static class Rooms
{
    /// <summary>From a room to all rooms that it may use; every room is an assembly.</summary>
    internal static readonly Dictionary<string, string[]> Uses = new()
    {
        ["Native"] = [],
        ["BlockIo"] = ["Native"],
        ["Messages"] = ["Native"],
        ["CommandLine"] = ["Native"],
        ["XenStore"] = ["Native"],
        ["Formats"] = ["Native"],
        ["Control"] = ["Native", "Messages"],
        ["Metrics"] = ["Native", "BlockIo"],
        ["ImageDrivers"] = ["Native", "BlockIo", "Messages", "Control", "Formats"],
        ["Disks"] = ["Native", "BlockIo", "Messages", "Formats", "Metrics", "ImageDrivers"],
        ["RingDevices"] = ["Native", "BlockIo", "Messages", "Control", "Metrics", "ImageDrivers", "Disks"],
        ["Actors"] = ["Native", "BlockIo", "Messages", "Control", "Formats", "Metrics", "ImageDrivers", "Disks", "XenStore"],
        ["Simulation"] = ["Native", "BlockIo", "Messages", "RingDevices", "XenStore"],
        ["TapCtl"] = ["Native", "Messages", "Control", "CommandLine"],
        ["Tapdisk"] = ["Native", "Messages", "Control", "CommandLine", "TapCtl"],
        ["VhdUtil"] = ["Native", "CommandLine", "Formats"],
        ["Supervisor"] =
        [
            "Native", "BlockIo", "Messages", "Control", "Formats", "Metrics", "ImageDrivers", "Disks", "RingDevices", "Actors", "XenStore",
            "Simulation",
        ],
    };

    private static readonly Dictionary<string, string> s_programs = new()
    {
        ["Supervisor"] = "tapvisord",
        ["TapCtl"] = "tap-ctl",
        ["Tapdisk"] = "tapdisk",
        ["VhdUtil"] = "vhd-util",
    };

    /// <summary>Each room's assembly.</summary>
    internal static Assembly AssemblyOf(string room) => Assembly.Load(NameOf(room));

    internal static string NameOf(string room) => s_programs.TryGetValue(room, out string? program) ? program : $"Tapvisor.{room}";
}
