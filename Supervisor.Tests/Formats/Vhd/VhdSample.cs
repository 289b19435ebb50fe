using System.IO.Compression;
using System.Text;

namespace Tapvisor.Tests.Formats.Vhd;

/// <summary>The images in Samples/, which others made.</summary>
internal static class VhdSample
{
    /// <summary>The key of crypt256.vhd.</summary>
    public static byte[] Crypt256Key { get; } = Convert.FromHexString("eb3828a69bedec5e11cd9d74d7a3821ce6e1881e0c5bd67c5241702d53a2758a");

    /// <summary>Unpacks samples into a directory.</summary>
    /// <returns>The first one's path.</returns>
    public static string Unpack(TemporaryDirectory directory, params string[] names)
    {
        foreach (string name in names)
        {
            using FileStream packed = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Formats/Vhd/Samples", name + ".gz"));
            using GZipStream unpacked = new(packed, CompressionMode.Decompress);
            using FileStream file = File.Create(directory.At(name));
            unpacked.CopyTo(file);
        }

        return directory.At(names[0]);
    }

    /// <summary>A sector of base.vhd and its like.</summary>
    public static byte[] Sector(string tag, int sector)
    {
        string text = $"{tag} sector {sector:D8}\n";
        return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(text, 40)))[..512];
    }
}
