using System.Text;
using Tapvisor.Formats.Parents;
using Tapvisor.Formats.Vhd;
using static Tapvisor.Formats.Vhd.VhdConstants;

namespace Tapvisor.Tests.Formats.Vhd;

public sealed class ParentPathTests
{
    [Theory]
    [InlineData("./p.vhd", @".\p.vhd")]
    [InlineData("../d/p.vhd", @".\..\d\p.vhd")]
    [InlineData("/a/p.vhd", @"\a\p.vhd")]
    public void Paths_are_written_as_upstream_writes_them(string path, string windows)
    {
        Assert.Equal(Encoding.ASCII.GetBytes("file://" + path), ParentPath.Encode(PLAT_CODE_MACX, path));
        Assert.Equal(Encoding.Unicode.GetBytes(windows), ParentPath.Encode(PLAT_CODE_W2KU, path));
        Assert.Equal(Encoding.Unicode.GetBytes(windows), ParentPath.Encode(PLAT_CODE_W2RU, path));
    }

    [Theory]
    [InlineData("./äöü ß.vhd")]
    [InlineData("./日本語.vhd")]
    [InlineData("./😀.vhd")]
    public void Names_beyond_ASCII_survive_in_every_form(string path)
    {
        foreach (uint code in (uint[])[PLAT_CODE_MACX, PLAT_CODE_W2KU, PLAT_CODE_W2RU])
            Assert.Equal(path, ParentPath.Decode(code, ParentPath.Encode(code, path)));
        VhdHeader header = VhdHeader.Create(1);
        Assert.True(ParentPath.TryEncodeName(path[2..], header.ParentName));
        Assert.Equal(path[2..], ParentPath.DecodeName(header.ParentName));
    }

    [Fact]
    public void Windows_paths_lose_their_drive()
    {
        Assert.Equal("/vm/p.vhd", ParentPath.Decode(PLAT_CODE_W2KU, Encoding.Unicode.GetBytes(@"C:\vm\p.vhd")));
        Assert.Equal("./p.vhd", ParentPath.Decode(PLAT_CODE_WI2R, Encoding.ASCII.GetBytes(@".\p.vhd")));
    }

    [Fact]
    public void What_is_no_text_is_no_path()
    {
        Assert.Null(ParentPath.Decode(PLAT_CODE_MACX, [0xFF, 0xFE]));
        Assert.Null(ParentPath.Decode(PLAT_CODE_MACX, "http://x"u8));
        Assert.Null(ParentPath.Decode(PLAT_CODE_W2KU, [0x00, 0xD8, 0x20, 0x00]));
        Assert.Null(ParentPath.Decode(PLAT_CODE_MAC, "alias"u8));
    }

    [Theory]
    [InlineData("/a/b/c.vhd", "/a/b/p.vhd", "./p.vhd")]
    [InlineData("/a/b/c.vhd", "/a/p.vhd", "../p.vhd")]
    [InlineData("/a/b/c.vhd", "/x/p.vhd", "../../x/p.vhd")]
    [InlineData("/c.vhd", "/a/p.vhd", "./a/p.vhd")]
    public void Paths_are_relative_to_the_childs_directory(string from, string to, string relative) =>
        Assert.Equal(relative, CanonicalPaths.Relative(from, to));
}
