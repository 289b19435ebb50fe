using System.CommandLine;
using Tapvisor.Supervisor.Commands;
using Tapvisor.Supervisor.Configuration;
using Tapvisor.Supervisor.Hosting;

NoApplicationConfiguration.Install();
using var signals = ServiceSignals.Listen();

var root = new RootCommand("The Tapvisor service: serves disk images to Xen guests and NBD clients, and repairs their I/O when it crashes.")
{
    RunCommand.Create(signals),
    ServeCommand.Create(signals),
};

try
{
    // Signals are the host's: the library would end the process two seconds after one, and closing disks may take longer.
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration
    {
        ProcessTerminationTimeout = null,
        EnableDefaultExceptionHandler = false,
    });
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    // Help, or a word about the arguments, that cannot be written: the exit code is all that is left to say so.
    return 1;
}
