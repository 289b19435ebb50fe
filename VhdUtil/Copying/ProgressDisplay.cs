using Spectre.Console;

namespace Tapvisor.VhdUtil.Copying;

/// <summary>Shows how far long work is, on standard error if somebody looks at it.</summary>
internal static class ProgressDisplay
{
    /// <summary>Does the work, which reports the part that is done, from 0 to 1.</summary>
    /// <param name="context">For the streams.</param>
    /// <param name="title">What is being done.</param>
    /// <param name="plain">What to do with the part where there is no terminal; null for nothing.</param>
    /// <param name="work">The work.</param>
    public static void Run(VhdContext context, string title, Action<double>? plain, Action<Action<double>> work)
    {
        if (context.IsTerminal)
            Show(context, title, work);
        else
            work(plain ?? (_ => { }));
    }

    private static void Show(VhdContext context, string title, Action<Action<double>> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(context.Error) });
        ProgressLine line = ProgressLine.Fit(title, context.Width());
        List<ProgressColumn> columns = [new TaskDescriptionColumn(), new ProgressBarColumn { Width = line.BarWidth }, new PercentageColumn()];
        if (line.HasTime)
            columns.Add(new RemainingTimeColumn());
        console.Progress()
            .AutoClear(true)
            .Columns([.. columns])
            .Start(progress =>
            {
                ProgressTask task = progress.AddTask(Markup.Escape(line.Title), maxValue: 1);
                work(done => task.Value = done);
            });
    }
}
