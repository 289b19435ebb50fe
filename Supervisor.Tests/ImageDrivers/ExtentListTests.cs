using Tapvisor.ImageDrivers;

namespace Tapvisor.Tests.ImageDrivers;

public sealed class ExtentListTests
{
    [Fact]
    public void Neighbours_in_the_same_state_become_one()
    {
        var extents = new ExtentList(2);
        Assert.True(extents.TryAdd(100, ExtentStates.Data));
        Assert.True(extents.TryAdd(50, ExtentStates.Data));
        Assert.True(extents.TryAdd(7, ExtentStates.Zero));
        Assert.Equal((2, 157L, new Extent(150, ExtentStates.Data)), (extents.Count, extents.Length, extents[0]));
    }

    [Fact]
    public void A_full_list_takes_no_other_state_but_grows_its_last()
    {
        var extents = new ExtentList(1);
        extents.TryAdd(100, ExtentStates.Data);
        Assert.False(extents.TryAdd(1, ExtentStates.Hole));
        Assert.True(extents.TryAdd(1, ExtentStates.Data));
        Assert.Equal(101, extents.Length);
    }

    [Theory]
    [InlineData(0, 2, 30)]
    [InlineData(9, 2, 21)]
    [InlineData(10, 1, 20)]
    [InlineData(29, 1, 1)]
    [InlineData(30, 0, 0)]
    [InlineData(1000, 0, 0)]
    public void The_first_bytes_can_be_taken_off(long bytes, int count, long left)
    {
        var extents = new ExtentList(2);
        extents.TryAdd(10, ExtentStates.Data);
        extents.TryAdd(20, ExtentStates.Hole);
        extents.RemoveFirst(bytes);
        Assert.Equal((count, left), (extents.Count, extents.Length));
        Assert.Equal(left, Enumerable.Range(0, count).Sum(i => extents[i].Length));
    }
}
