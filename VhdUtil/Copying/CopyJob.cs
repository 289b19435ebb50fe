using Tapvisor.Formats.Crypto;
using Tapvisor.Formats.Vhd;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Copying;

/// <summary>Copies what a disk's chain holds into a new dynamic disk, perhaps encrypting it; what nobody holds is left out.</summary>
/// <param name="source">With BATs and batmaps.</param>
/// <param name="target">New, with BAT and batmap.</param>
/// <param name="cipher">Null to copy the data as it is.</param>
internal sealed class CopyJob(ImageChain source, VhdImage target, SectorCipher? cipher)
{
    /// <summary>Blocks between two commits. The target is removed if the copy fails; this only bounds memory.</summary>
    private const int CommitInterval = 1024;

    public void Run(Action<double> progress)
    {
        using WorkPump<CopyBuffer> pump = new(() => new CopyBuffer(source));
        ChainReader reader = new(source);
        BlockTarget blocks = new(target, keepGarbage: false);
        blocks.Begin();
        int perBlock = target.Layout.SectorsPerBlock;
        long sectors = (long)(source.Leaf.Metadata.VirtualSize >> VHD_SECTOR_SHIFT);
        byte[] held = new byte[target.Layout.BitmapSize];
        for (int block = 0; block < target.Bat.Count; block++)
        {
            progress((double)block / target.Bat.Count);
            long first = (long)block * perBlock;
            int count = (int)Math.Min(perBlock, sectors - first);
            if (count <= 0)
                break;
            Array.Clear(held);
            reader.MapHeld(first, count, held);
            if (SectorBitmap.Find(held, true, 0, count) == count)
                continue;
            if (blocks.PendingCount == CommitInterval)
            {
                pump.Drain();
                blocks.Commit();
            }

            for (int at = SectorBitmap.Find(held, true, 0, count); at < count;)
            {
                int end = SectorBitmap.Find(held, false, at, count);
                Add(pump, first + at, blocks.Place(block, at, end - at), end - at);
                at = SectorBitmap.Find(held, true, end, count);
            }
        }

        pump.Drain();
        blocks.Commit();
        blocks.Finish();
    }

    private void Add(WorkPump<CopyBuffer> pump, long sector, long offset, int count) => pump.Add(buffer =>
    {
        Span<byte> data = buffer.Span[..(count << VHD_SECTOR_SHIFT)];
        buffer.Reader!.Read(sector, data);
        cipher?.Encrypt((ulong)sector, data, data);
        target.File.Write(offset, data);
    });
}
