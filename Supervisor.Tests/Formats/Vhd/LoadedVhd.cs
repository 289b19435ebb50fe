using Tapvisor.Formats.Vhd;

namespace Tapvisor.Tests.Formats.Vhd;

/// <summary>Drives the loader over bytes in memory.</summary>
internal static class LoadedVhd
{
    public static VhdMetadata Of(byte[] file, VhdLoadOptions options = VhdLoadOptions.All)
    {
        VhdLoader loader = new("test", file.Length, options);
        while (loader.Next(out FileRange range))
        {
            int start = (int)Math.Clamp(range.Offset, 0, file.Length);
            loader.Accept(file.AsSpan(start, Math.Clamp(range.Length, 0, file.Length - start)));
        }

        return loader.Result;
    }

    /// <summary>A new disk's file.</summary>
    public static byte[] New(VhdSpecification specification)
    {
        VhdCreation plan = VhdCreation.Plan("test", specification);
        byte[] file = new byte[plan.EndOfHeaders + VhdConstants.FooterSize];
        foreach (FileWrite write in plan.Writes)
            write.Bytes.CopyTo(file.AsMemory((int)write.Offset));
        plan.Footer.Bytes.CopyTo(file.AsSpan((int)plan.EndOfHeaders));
        return file;
    }
}
