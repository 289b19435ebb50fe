namespace Tapvisor.TapCtl;

/// <summary>A verb that can stop waiting for its tapdisk: -t seconds.</summary>
internal abstract class TimedVbdCommand : VbdCommand
{
    /// <summary>How long to wait; null for ever.</summary>
    protected TimeSpan? Timeout { get; private set; }

    protected override void Take(char option, string argument)
    {
        if (option == 't')
            Timeout = Number.Seconds(argument);
        else
            base.Take(option, argument);
    }
}
