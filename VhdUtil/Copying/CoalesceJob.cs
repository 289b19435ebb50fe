using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Copying;

/// <summary>
/// Copies what a differencing disk holds into its parent (vhd-util-coalesce.c). At any moment of it the child shows the same data, since it
/// hides what it has in common with the parent.
/// </summary>
/// <param name="child">With BAT and batmap.</param>
internal sealed class CoalesceJob(VhdImage child)
{
    /// <summary>
    /// Blocks of the parent between two commits: few enough that a crash costs little, enough that flushes cost nothing (256 MiB).
    /// </summary>
    private const int CommitInterval = 128;

    private long _coalesced;

    /// <summary>Into a raw disk, or a fixed VHD, which is one but for its end.</summary>
    /// <param name="parent">Opened for writing.</param>
    /// <param name="limit">Bytes of the parent, or null if it may grow.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <returns>Sectors.</returns>
    public long IntoRaw(VhdImageFile parent, long? limit, Action<double> progress)
    {
        using WorkPump<CopyBuffer> pump = new(() => new CopyBuffer(null));
        ForEachRun(progress, (from, sector, count) =>
        {
            CheckEnd(sector, count, limit, parent.Path);
            for (int done = 0; done < count; done += CopyBuffer.Size >> VHD_SECTOR_SHIFT)
                Copy(pump, from + ((long)done << VHD_SECTOR_SHIFT), parent, (sector + done) << VHD_SECTOR_SHIFT, count - done);
        });
        pump.Drain();
        parent.Sync();
        return _coalesced;
    }

    /// <summary>Into a dynamic or differencing VHD.</summary>
    /// <param name="parent">With BAT and batmap, opened for writing.</param>
    /// <param name="sparse">Whether new blocks' unwritten sectors may hold garbage, on a device.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <returns>Sectors.</returns>
    public long IntoVhd(VhdImage parent, bool sparse, Action<double> progress)
    {
        BlockTarget target = new(parent, sparse);
        target.Begin();
        try
        {
            using WorkPump<CopyBuffer> pump = new(() => new CopyBuffer(null));
            int perBlock = parent.Layout.SectorsPerBlock;
            ForEachRun(progress, (from, sector, count) =>
            {
                CheckEnd(sector, count, (long)parent.Metadata.VirtualSize, parent.Path);
                while (count > 0)
                {
                    (long block, long inside) = Math.DivRem(sector, perBlock);
                    int part = (int)Math.Min(Math.Min(count, perBlock - inside), CopyBuffer.Size >> VHD_SECTOR_SHIFT);
                    if (target.PendingCount == CommitInterval)
                    {
                        pump.Drain();
                        target.Commit();
                    }

                    Copy(pump, from, parent.File, target.Place((int)block, (int)inside, part), part);
                    from += (long)part << VHD_SECTOR_SHIFT;
                    sector += part;
                    count -= part;
                }
            });
            pump.Drain();
            target.Commit();
        }
        finally
        {
            target.Finish();
        }

        return _coalesced;
    }

    private void Copy(WorkPump<CopyBuffer> pump, long from, VhdImageFile to, long offset, int sectors)
    {
        int size = Math.Min(sectors << VHD_SECTOR_SHIFT, CopyBuffer.Size);
        pump.Add(buffer =>
        {
            child.File.ReadPadded(from, buffer.Span[..size]);
            to.Write(offset, buffer.Span[..size]);
        });
    }

    /// <summary>
    /// Calls back for each run of sectors that the child holds: their byte in the child's file, their first sector, their number.
    /// </summary>
    private void ForEachRun(Action<double> progress, Action<long, long, int> action)
    {
        VhdLayout layout = child.Layout;
        for (int block = 0; block < child.Bat.Count; block++)
        {
            progress((double)block / child.Bat.Count);
            if (!child.Bat.IsAllocated(block))
                continue;
            long sector = (long)block * layout.SectorsPerBlock;
            int end = (int)Math.Min(layout.SectorsPerBlock, (long)(child.Metadata.VirtualSize >> VHD_SECTOR_SHIFT) - sector);
            bool full = child.Metadata.Batmap?.IsFull(block) ?? false;
            byte[]? map = full ? null : child.ReadBitmap(block);
            for (int at = 0; at < end;)
            {
                bool held = true;
                int run = map is null ? end : SectorBitmap.RunLength(map, at, end, out held);
                if (held)
                {
                    action(layout.DataOffset(child.Bat[block]) + ((long)at << VHD_SECTOR_SHIFT), sector + at, run);
                    _coalesced += run;
                }

                at += run;
            }
        }
    }

    private void CheckEnd(long sector, int count, long? limit, string parent)
    {
        if ((sector + count) << VHD_SECTOR_SHIFT > limit)
            throw new BlockException(
                BlockErrorKind.InvalidArgument, Errno.ERANGE,
                $"'{child.Path}' holds data at sector {sector}, beyond the {limit} bytes of its parent '{parent}': "
                + "resize the parent first.");
    }
}
