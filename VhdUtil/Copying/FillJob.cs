using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Copying;

/// <summary>Gives every block its place in the file (vhd-util-fill.c).</summary>
/// <param name="image">With BAT and batmap, opened for writing.</param>
internal sealed class FillJob(VhdImage image)
{
    private const int CommitInterval = 128;

    /// <summary>With its data, that of the parents included, so that afterwards the file holds the whole disk.</summary>
    public void Fill(Action<double> progress)
    {
        // The chain has its own tables, in which blocks stay where they were while the job gives them places.
        using ImageChain chain = ImageChain.Open(image.Path, VhdLoadOptions.All);
        using WorkPump<CopyBuffer> pump = new(() => new CopyBuffer(chain));
        BlockTarget target = new(image, keepGarbage: true);
        target.Begin();
        try
        {
            int perBlock = image.Layout.SectorsPerBlock;
            for (int block = 0; block < image.Bat.Count; block++)
            {
                progress((double)block / image.Bat.Count);
                if (image.Bat.IsAllocated(block) && (image.Metadata.Batmap?.IsFull(block) ?? false))
                    continue;
                if (target.PendingCount == CommitInterval)
                {
                    pump.Drain();
                    target.Commit();
                }

                long to = target.Place(block, 0, perBlock);
                for (int done = 0; done < perBlock; done += CopyBuffer.Size >> VHD_SECTOR_SHIFT)
                    Add(pump, (long)block * perBlock + done, to + ((long)done << VHD_SECTOR_SHIFT), perBlock - done);
            }

            pump.Drain();
            target.Commit();
        }
        finally
        {
            target.Finish();
        }
    }

    /// <summary>
    /// Without data: new blocks show whatever their place holds, zeroes in a file. Blocks that have a place keep it and their bitmap, where
    /// upstream would lose their data.
    /// </summary>
    /// <param name="first">The first block.</param>
    /// <param name="last">The last block.</param>
    /// <exception cref="BlockException">EOVERFLOW: a block would lie beyond 2 TiB; nothing has been changed.</exception>
    public void Allocate(int first, int last)
    {
        VhdLayout layout = image.Layout;
        long end = image.Metadata.EndOfData >> VHD_SECTOR_SHIFT;
        List<int> created = [];
        List<uint> places = [];
        for (int block = first; block <= last; block++)
        {
            if (image.Bat.IsAllocated(block))
                continue;
            long start = layout.PlaceBlock(end);
            end = start + layout.SectorsPerStoredBlock;
            if (end > uint.MaxValue)
                throw new BlockException(
                    BlockErrorKind.Unsupported, Errno.EOVERFLOW,
                    $"sector offset for extent {block} exceeds the 2 TB limit of '{image.Path}'");
            created.Add(block);
            places.Add((uint)start);
        }

        if (image.File.IsBlockDevice && end << VHD_SECTOR_SHIFT > image.File.Length - FooterSize)
            throw new BlockException(
                BlockErrorKind.Io, Errno.ENOSPC,
                $"The device '{image.Path}' of {image.File.Length} bytes has no room for {created.Count} more blocks.");
        image.File.Truncate(image.Metadata.EndOfData);
        using AlignedBuffer map = new(layout.BitmapSize);
        SectorBitmap.SetRange(map.Span, 0, layout.SectorsPerBlock);
        foreach (uint place in places)
            image.File.Write(VhdLayout.BitmapOffset(place), map.Span);
        image.File.Sync();
        for (int i = 0; i < created.Count; i++)
        {
            image.Bat[created[i]] = places[i];
            image.Metadata.Batmap?.SetFull(created[i]);
        }

        image.WriteBat();
        image.WriteBatmap();
        image.WriteFooter();
        image.File.Sync();
    }

    private void Add(WorkPump<CopyBuffer> pump, long sector, long offset, int count)
    {
        int size = Math.Min(count << VHD_SECTOR_SHIFT, CopyBuffer.Size);
        pump.Add(buffer =>
        {
            buffer.Reader!.Read(sector, buffer.Span[..size]);
            image.File.Write(offset, buffer.Span[..size]);
        });
    }
}
