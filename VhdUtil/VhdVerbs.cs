using Tapvisor.VhdUtil.Commands;

namespace Tapvisor.VhdUtil;

/// <summary>The verbs, in the order in which the usage shows them: upstream's, then Tapvisor's own.</summary>
internal static class VhdVerbs
{
    public const string Usage =
        "usage: vhd-util COMMAND [OPTIONS]\n"
        + "COMMAND := { create | snapshot | query | read | set | repair | resize | fill | coalesce | modify | scan | check | revert"
        + " | key | copy | info }\n";

    /// <summary>What `vhd-util --help` adds.</summary>
    public const string Teaching = """
        vhd-util makes, examines and changes VHD disk images that nobody has open.

          vhd-util create -n base.vhd -s 10240            an empty disk of 10 GiB
          vhd-util snapshot -n leaf.vhd -p base.vhd       a disk that holds what changes from now on
          vhd-util info leaf.vhd                          a picture of the chain
          vhd-util coalesce -n leaf.vhd                   puts leaf's data into base
          vhd-util check -n base.vhd                      looks for damage

        create, snapshot, copy make disks; query, read, scan, check, info look at them; set, modify, resize, revert,
        repair, fill, coalesce, key change them. `vhd-util COMMAND --help' says more about each. Sizes are in MiB where
        nothing else is said. The exit code is 0 or an errno; a sentence on standard error says what happened.

        """;

    /// <summary>A new command, or null when there is none of that name.</summary>
    public static VhdVerb? Create(string name) => name switch
    {
        "create" => new CreateImageCommand(),
        "snapshot" => new SnapshotCommand(),
        "query" => new QueryCommand(),
        "read" => new ReadCommand(),
        "set" => new SetCommand(),
        "repair" => new RepairCommand(),
        "resize" => new ResizeCommand(),
        "fill" => new FillCommand(),
        "coalesce" => new CoalesceCommand(),
        "modify" => new ModifyCommand(),
        "scan" => new ScanCommand(),
        "check" => new CheckImageCommand(),
        "revert" => new RevertCommand(),
        "key" => new KeyCommand(),
        "copy" => new CopyCommand(),
        "info" => new InfoCommand(),
        _ => null,
    };
}
