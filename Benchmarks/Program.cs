using System.CommandLine;
using Tapvisor.Benchmarks;
using Tapvisor.Benchmarks.Crypto;
using Tapvisor.Benchmarks.Nbd;
using Tapvisor.Benchmarks.Service;
using Tapvisor.Benchmarks.Vhd;

var root = new RootCommand("Measures Tapvisor: as a disk server against its peers, and piece by piece.")
{
    NbdBenchmarkCommand.Create(),
    VhdCommand.Create(),
    ServiceCommand.Create(),
    MicroCommand.Create(),
    XtsCommand.Create(),
};

// Ctrl-C stops servers and removes images first; that takes longer than the 2 s the library would give it.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) };
return await root.Parse(args).InvokeAsync(invocation);
