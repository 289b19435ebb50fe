using Tapvisor.Formats.Vhd;
using Tapvisor.Native;
using Tapvisor.VhdUtil.Files;
using Tapvisor.VhdUtil.Images;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.VhdUtil.Printing;

/// <summary>
/// The questions that `vhd-util read' answers, in upstream's order whatever the order of the options. The first that fails is the last.
/// </summary>
/// <param name="context">For the streams.</param>
/// <param name="image">With BAT and batmap.</param>
/// <param name="printer">For numbers.</param>
/// <param name="flags">Options without value.</param>
/// <param name="numbers">Options with value.</param>
internal sealed class ReadActions(
    VhdContext context, VhdImage image, HeaderPrinter printer, IReadOnlySet<char> flags, IReadOnlyDictionary<char, ulong> numbers)
{
    private const int ChunkSize = 2 << 20;

    private ulong Count => numbers.GetValueOrDefault('c', 1UL);

    /// <returns>The exit code.</returns>
    public int Run()
    {
        foreach (char option in "tbBmieajdrR")
        {
            ulong at = 0;
            if (flags.Contains(option) || numbers.TryGetValue(option, out at))
                if (Answer(option, at) is var code and not 0)
                    return code;
        }

        return 0;
    }

    private int Answer(char option, ulong at) => option switch
    {
        't' => CheckSectors(at, toError: true) ?? Each(at, Translate),
        'b' => CheckBlocks(at) ?? EachBlock(at, PrintEntry),
        'B' => PrintBatAsBitmap(),
        'm' => CheckBlocks(at) ?? EachBlock(at, PrintBitmap),
        'i' => CheckSectors(at, toError: false) ?? Each(at, TestBitmap),
        'e' => CheckSectors(at, toError: false) ?? PrintExtents(at),
        'a' => PrintBatmap(),
        'j' => CheckBlocks(at) ?? EachBlock(at, TestBatmap),
        'd' => CheckBlocks(at) ?? EachBlock(at, PrintData),
        'r' => IsBeyond(at, 1UL << VHD_SECTOR_SHIFT) ? Errno.ERANGE : ReadData(at << VHD_SECTOR_SHIFT, Count << VHD_SECTOR_SHIFT),
        _ => IsBeyond(at, 1) ? Errno.ERANGE : ReadData(at, Count),
    };

    private bool IsBeyond(ulong at, ulong unit) => at > image.Metadata.VirtualSize / unit || Count > image.Metadata.VirtualSize / unit - at;

    private int? CheckSectors(ulong at, bool toError)
    {
        if (!IsBeyond(at, VHD_SECTOR_SIZE))
            return null;
        (toError ? context.Error : context.Output).Write($"sector {printer.Number(toError ? at + Count : at)} past end of file\n");
        return Errno.ERANGE;
    }

    private int? CheckBlocks(ulong at)
    {
        if (at + Count <= image.Header.MaxBatSize)
            return null;
        context.Error.Write($"block {printer.Number(at + Count)} past end of file\n");
        return Errno.ERANGE;
    }

    private int Each(ulong at, Action<ulong> action)
    {
        for (ulong i = 0; i < Count; i++)
            action(at + i);
        return 0;
    }

    /// <summary>As <see cref="Each"/>; blocks for which the BAT has room but the disk no sectors are left out.</summary>
    private int EachBlock(ulong at, Action<int> action)
    {
        for (ulong i = at; i < at + Count && i < (ulong)image.Bat.Count; i++)
            action((int)i);
        return 0;
    }

    private (int Block, int Inside) Split(ulong sector)
    {
        (ulong block, ulong inside) = Math.DivRem(sector, (ulong)image.Layout.SectorsPerBlock);
        return ((int)block, (int)inside);
    }

    private void Translate(ulong sector)
    {
        (int block, int inside) = Split(sector);
        string place = image.Bat.IsAllocated(block)
            ? printer.Number((ulong)(image.Layout.DataOffset(image.Bat[block]) + ((long)inside << VHD_SECTOR_SHIFT))) : "not allocated";
        context.Output.Write(
            $"logical sector {printer.Number(sector)}: block number: {printer.Number((ulong)block)}, "
            + $"sector offset: {printer.Number((ulong)inside)}, file offset: {place}\n");
    }

    private void PrintEntry(int block)
    {
        string place = image.Bat.IsAllocated(block) ? printer.Number((ulong)VhdLayout.BitmapOffset(image.Bat[block])) : "not allocated";
        context.Output.Write($"block: {printer.Number((ulong)block)}: offset: {place}\n");
    }

    private int PrintBatAsBitmap()
    {
        byte[] map = new byte[(image.Bat.Count + 7) >> 3];
        for (int block = 0; block < image.Bat.Count; block++)
            if (image.Bat.IsAllocated(block))
                SectorBitmap.Set(map, block);
        context.WriteBytes(map);
        return 0;
    }

    private void PrintBitmap(int block)
    {
        if (image.Bat.IsAllocated(block))
            context.WriteBytes(image.ReadBitmap(block));
        else
            NotAllocated(block);
    }

    private void NotAllocated(int block) => context.Output.Write($"block {printer.Number((ulong)block)} not allocated\n");

    private void TestBitmap(ulong sector)
    {
        (int block, int inside) = Split(sector);
        bool held = image.Bat.IsAllocated(block) && SectorBitmap.Test(image.ReadBitmap(block), inside);
        context.Output.Write($"block {printer.Number((ulong)block)}: sec: {printer.Number((ulong)inside)}: {(held ? 1 : 0)}\n");
    }

    private int PrintExtents(ulong at)
    {
        ulong start = 0;
        ulong length = 0;
        ulong end = at + Count;
        byte[]? map = null;
        for (ulong sector = at; sector < end;)
        {
            (int block, int inside) = Split(sector);
            int limit = (int)Math.Min(end - sector, (ulong)(image.Layout.SectorsPerBlock - inside));
            bool held = false;
            int run = limit;
            if (image.Bat.IsAllocated(block))
            {
                map = inside == 0 || map is null ? image.ReadBitmap(block) : map;
                run = SectorBitmap.RunLength(map, inside, inside + limit, out held);
            }

            if (held)
                (start, length) = (length == 0 ? sector : start, length + (ulong)run);
            if (!held || sector + (ulong)run == end)
            {
                if (length > 0)
                    context.Output.Write($"{printer.Number(start)} {printer.Number(length)}\n");
                length = 0;
            }

            sector += (ulong)run;
        }

        return 0;
    }

    private int PrintBatmap()
    {
        if (image.Metadata.Batmap is not { } batmap)
        {
            context.Output.Write($"failed to read batmap: {-Errno.EINVAL}\n");
            return Errno.EINVAL;
        }

        byte[] map = new byte[(long)batmap.Header.Sectors << VHD_SECTOR_SHIFT];
        batmap.Map.CopyTo(map);
        context.WriteBytes(map);
        return 0;
    }

    private void TestBatmap(int block)
    {
        if (image.Metadata.Batmap is not { } batmap)
        {
            context.Error.Write("failed to get batmap\n");
            throw VhdErrors.Unsupported(image.Path, "has no valid batmap");
        }

        context.Error.Write($"batmap for block {printer.Number((ulong)block)}: {(batmap.IsFull(block) ? 1 : 0)}\n");
    }

    private void PrintData(int block)
    {
        if (!image.Bat.IsAllocated(block))
        {
            NotAllocated(block);
            return;
        }

        using AlignedBuffer buffer = new(image.Layout.BlockSize);
        image.File.ReadPadded(image.Layout.DataOffset(image.Bat[block]), buffer.Span);
        context.WriteBytes(buffer.Span);
    }

    private int ReadData(ulong at, ulong count)
    {
        // The command owns the leaf and closes it; the chain's own handles are its.
        using ImageChain chain = ImageChain.Open(image.Path, VhdLoadOptions.All | VhdLoadOptions.IgnoreDisabled);
        ChainReader reader = new(chain);
        using AlignedBuffer buffer = new(ChunkSize + 2 * VHD_SECTOR_SIZE);
        while (count > 0)
        {
            int skip = (int)(at % VHD_SECTOR_SIZE);
            int size = (int)Math.Min(count, ChunkSize);
            Span<byte> sectors = buffer.Span[..(int)VhdLayout.PadToSector((ulong)(skip + size))];
            reader.Read((long)(at >> VHD_SECTOR_SHIFT), sectors);
            context.WriteBytes(sectors.Slice(skip, size));
            at += (ulong)size;
            count -= (ulong)size;
        }

        return 0;
    }
}
