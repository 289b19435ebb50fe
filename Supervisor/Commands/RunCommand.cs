using System.CommandLine;
using Microsoft.Extensions.Hosting;
using Tapvisor.Messages;
using Tapvisor.Native;
using Tapvisor.Supervisor.Configuration;
using Tapvisor.Supervisor.Hosting;

namespace Tapvisor.Supervisor.Commands;

/// <summary><c>tapvisord run</c>: the service, in the foreground, until SIGTERM or SIGINT.</summary>
internal static class RunCommand
{
    internal static Command Create(ServiceSignals signals)
    {
        var onDemand = new Option<bool>("--on-demand")
        {
            Description = "A client started the service: it ends some time after its last disk was detached.",
        };
        var common = new CommonOptions();
        var command = new Command("run", "Runs the service in the foreground, as systemd (Type=notify) wants it, until SIGTERM.")
        {
            onDemand,
        };
        common.AddTo(command);
        command.SetAction((parsed, _) => GuardAsync(() =>
        {
            IHost host = ServiceBuilder.Build(common.Read(parsed, parsed.GetValue(onDemand)), signals);
            return HostRun.RunAsync(host, HostRun.UntilAsync, signals.End);
        }));
        return command;
    }

    /// <summary>Turns what an operator can mend into one sentence and exit code 1.</summary>
    internal static async Task<int> GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
            return 0;
        }
        catch (Exception e) when (e is ServiceConfigurationException or ControlException or BlockException or IOException or UnauthorizedAccessException)
        {
            StandardError.Say($"tapvisord: {e.Message}");
            return 1;
        }
    }
}
