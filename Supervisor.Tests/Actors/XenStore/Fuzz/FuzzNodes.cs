namespace Tapvisor.Tests.Actors.XenStore.Fuzz;

/// <summary>Names and values that nodes may have, and that they should not.</summary>
internal static class FuzzNodes
{
    private static readonly string[] s_frontend =
        ["state", "state", "state", "state", "device-type", "ring-ref", "ring-ref0", "ring-ref1", "ring-ref15", "event-channel", "protocol",
            "ring-page-order", "multi-queue-num-queues", "feature-persistent", "queue-0/ring-ref", "queue-1/event-channel", "state/below",
            "backend", "backend-id", "physical-device-path", "hotplug-status", "online", "script", "a/b/c/d/e/f"];

    private static readonly string[] s_backend =
        ["state", "state", "online", "mode", "script", "device-type", "hotplug-status", "physical-device-path", "physical-device",
            "frontend", "frontend-id", "sectors", "pid", "polling-duration", "polling-idle-threshold", "discard-enable", "params",
            "max-ring-page-order", "kthread-pid", "sector-size", "feature-persistent", "state/below", "sm-data/scsi/0x12/0x80"];

    private static readonly string[] s_values =
        ["", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "-1", "01", "+3", " 4", "4\0", "16", "32", "4096", "65536", "2147483648",
            "4294967295", "4294967296", "18446744073709551616", "1e3", "0x3", "w", "r", "disk", "cdrom", "connected", "error", "x86_64-abi",
            "x86_32-abi", "arm-abi", "/", "//", "/local/domain/0", "\n[forged] line", "{0} {1}", "%s%n", "../../..", "/x/", "@releaseDomain"];

    internal static string Frontend(Random random) => Any(random, s_frontend);

    internal static string Backend(Random random) => Any(random, s_backend);

    internal static string Value(Random random)
    {
        switch (random.Next(12))
        {
            case 0:
                var bytes = new byte[random.Next(64)];
                random.NextBytes(bytes);
                return System.Text.Encoding.Latin1.GetString(bytes);
            case 1:
                return new string((char)random.Next(256), random.Next(2048));
            case 2:
                return $"{random.NextInt64()}";
            default:
                return Any(random, s_values);
        }
    }

    internal static string Any(Random random, string[] choices) => choices[random.Next(choices.Length)];
}
