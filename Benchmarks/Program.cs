using System.Runtime.Versioning;
using BenchmarkDotNet.Running;
using Tapvisor.Benchmarks.Crypto;

[assembly: SupportedOSPlatform("linux")]

if (args is ["xts"])
    return OpensslComparison.Run(Console.Out);
_ = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
