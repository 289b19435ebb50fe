namespace Tapvisor.VhdUtil.Copying;

/// <summary>How a progress display fits on one line of a terminal: title, bar, percentage and, where there is room, remaining time.</summary>
/// <param name="Title">As it is, or cut.</param>
/// <param name="BarWidth">Columns.</param>
/// <param name="HasTime">The remaining time is shown.</param>
internal sealed record ProgressLine(string Title, int BarWidth, bool HasTime)
{
    /// <summary>Columns from which on the remaining time is shown.</summary>
    internal const int RoomForTime = 60;

    private const int PercentWidth = 4;
    private const int TimeWidth = 8;
    private const int LongestBar = 40;
    private const int ShortestTitle = 8;
    private const string Cut = "..";

    /// <summary>For a terminal of <paramref name="width"/> columns, of which the last stays free.</summary>
    internal static ProgressLine Fit(string title, int width)
    {
        bool hasTime = width >= RoomForTime;
        int room = width - 1 - (1 + PercentWidth) - (hasTime ? 1 + TimeWidth : 0);
        int bar = Math.Clamp(room - 1 - title.Length, Math.Clamp(room / 3, 1, LongestBar), LongestBar);
        int left = Math.Max(ShortestTitle, room - 1 - bar);
        return new ProgressLine(title.Length <= left ? title : title[..(left - Cut.Length)] + Cut, bar, hasTime);
    }
}
