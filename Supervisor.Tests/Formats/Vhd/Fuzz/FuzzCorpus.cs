using Tapvisor.Formats.Vhd;
using Tapvisor.Tests.ImageDrivers.Vhd;

namespace Tapvisor.Tests.Formats.Vhd.Fuzz;

/// <summary>Good images that fuzzing begins with: upstream's and QEMU's samples, and our own.</summary>
internal static class FuzzCorpus
{
    private static readonly Guid s_uuid = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

    /// <summary>Small ones, which cost little for each round.</summary>
    internal static byte[][] Small { get; } = MakeSmall();

    /// <summary>Those with some megabytes of data.</summary>
    internal static byte[][] Large { get; } = Unpack("base.vhd", "leaf.vhd", "interrupted.vhd");

    /// <summary>The journal of interrupted.vhd.</summary>
    internal static byte[] Journal { get; } = Unpack("interrupted.journal")[0];

    /// <summary>The disk that <see cref="Journal"/> belongs to.</summary>
    internal static byte[] Interrupted => Large[2];

    /// <summary>Mostly a small one.</summary>
    internal static byte[] Choose(Random random) =>
        random.Next(40) == 0 ? Large[random.Next(Large.Length)] : Small[random.Next(Small.Length)];

    private static byte[][] MakeSmall() =>
    [
        .. Unpack("empty.vhd", "keyed.vhd", "ofraw.vhd", "qemu.vhd", "qemu-force.vhd"),
        LoadedVhd.New(new VhdSpecification(64 << 20, s_uuid, 0) { MetadataSize = 1UL << 30, Parent = new ParentLink("../p.vhd", s_uuid, 7) }),
        .. Enum.GetValues<VhdShape>().Where(shape => shape is not (VhdShape.Encrypted or VhdShape.EncryptedChain)).Select(Written),
        SmallFixed(),
    ];

    /// <summary>Of many small blocks, some of them written.</summary>
    private static byte[] Written(VhdShape shape)
    {
        using var simulation = new VhdSimulation(1, shape);
        foreach (int first in (ReadOnlySpan<int>)[0, 100, 333, VhdSimulation.Sectors - 20])
            Assert.Equal(0, simulation.Engine.Run(() => simulation.WriteAsync(first, 20)));
        Assert.Equal(0, simulation.Engine.Run(simulation.CloseAsync));
        return simulation.Disk.Content(0, (int)simulation.Disk.Length);
    }

    private static byte[] SmallFixed()
    {
        const int size = 32 * 1024;
        byte[] file = new byte[size + VhdConstants.FooterSize];
        VhdFooter.Create(VhdConstants.HD_TYPE_FIXED, size, s_uuid, 1).Bytes.CopyTo(file.AsSpan(size));
        return file;
    }

    private static byte[][] Unpack(params string[] names)
    {
        using TemporaryDirectory directory = new();
        VhdSample.Unpack(directory, names);
        return [.. names.Select(name => File.ReadAllBytes(directory.At(name)))];
    }
}
