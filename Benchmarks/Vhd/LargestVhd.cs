using System.Buffers.Binary;
using Tapvisor.Formats.Vhd;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Benchmarks.Vhd;

/// <summary>A disk of 2040 GiB whose blocks all have a place, in an order that no table of runs could shorten.</summary>
internal static class LargestVhd
{
    internal static void Make(string path)
    {
        VhdCreation plan = VhdCreation.Plan(path, new VhdSpecification(VhdLimits.MaxVirtualSize, Guid.NewGuid(), VhdTime.Now));
        using FileStream file = File.Create(path);
        foreach (FileWrite write in plan.Writes)
            Write(file, write.Offset, write.Bytes.Span);
        var header = new VhdHeader(plan.Writes[^1].Bytes.ToArray());
        var layout = new VhdLayout(plan.Footer, header);
        uint[] places = Places(layout, plan.EndOfHeaders >> VHD_SECTOR_SHIFT);
        long end = ((long)places.Max() + layout.SectorsPerStoredBlock) << VHD_SECTOR_SHIFT;
        Random.Shared.Shuffle(places);
        byte[] bat = new byte[places.Length * sizeof(uint)];
        for (int block = 0; block < places.Length; block++)
            BinaryPrimitives.WriteUInt32BigEndian(bat.AsSpan(block * sizeof(uint)), places[block]);
        Write(file, layout.BatOffset, bat);
        Write(file, end, plan.Footer.Bytes);
    }

    private static uint[] Places(VhdLayout layout, long end)
    {
        uint[] places = new uint[layout.BlockCount];
        for (int block = 0; block < places.Length; block++)
        {
            places[block] = (uint)layout.PlaceBlock(end);
            end = places[block] + (long)layout.SectorsPerStoredBlock;
        }
        return places;
    }

    private static void Write(FileStream file, long offset, ReadOnlySpan<byte> data)
    {
        file.Position = offset;
        file.Write(data);
    }
}
