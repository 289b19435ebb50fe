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

// Signals are the host's: the library would end the process two seconds after one, and closing disks may take longer.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
