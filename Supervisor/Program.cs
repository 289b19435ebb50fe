using System.CommandLine;
using Tapvisor.Supervisor.Commands;

var root = new RootCommand("The Tapvisor service: serves disk images to Xen guests and NBD clients, and repairs their I/O when it crashes.")
{
    RunCommand.Create(),
    ServeCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
