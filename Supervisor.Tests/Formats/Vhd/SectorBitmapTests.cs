using Tapvisor.Formats.Vhd;

namespace Tapvisor.Tests.Formats.Vhd;

public sealed class SectorBitmapTests
{
    [Fact]
    public void The_first_bit_is_the_highest_of_a_byte()
    {
        byte[] map = new byte[2];
        SectorBitmap.Set(map, 0);
        SectorBitmap.Set(map, 15);
        Assert.Equal([0x80, 0x01], map);
    }

    [Fact]
    public void Ranges_and_searches_agree_with_single_bits()
    {
        int seed = Random.Shared.Next();
        Random random = new(seed);
        for (int round = 0; round < 500; round++)
        {
            const int bits = 640;
            byte[] map = new byte[bits / 8];
            bool[] model = new bool[bits];
            for (int i = 0; i < 6; i++)
            {
                int first = random.Next(bits);
                int count = random.Next(bits - first + 1);
                bool value = random.Next(3) > 0;
                if (value)
                    SectorBitmap.SetRange(map, first, count);
                else
                    SectorBitmap.ClearRange(map, first, count);
                Array.Fill(model, value, first, count);
            }

            Assert.True(model.Select((bit, i) => bit == SectorBitmap.Test(map, i)).All(same => same), $"seed {seed}");
            int from = random.Next(bits);
            int end = random.Next(from, bits + 1);
            int expected = Array.IndexOf(model, true, from, end - from);
            Assert.True((expected < 0 ? end : expected) == SectorBitmap.Find(map, true, from, end), $"seed {seed}");
            expected = Array.IndexOf(model, false, from, end - from);
            Assert.True((expected < 0 ? end : expected) == SectorBitmap.Find(map, false, from, end), $"seed {seed}");
            Assert.True(model.Take(end).Count(bit => bit) == SectorBitmap.Count(map, end), $"seed {seed}");
            Assert.True(model.Take(end).All(bit => bit) == SectorBitmap.IsFull(map, end), $"seed {seed}");
        }
    }
}
