using System.CommandLine;

namespace Tapvisor.Benchmarks.Crypto;

/// <summary><c>benchmarks xts</c>: encryption against OpenSSL.</summary>
internal static class XtsCommand
{
    internal static Command Create()
    {
        var command = new Command("xts", "Compares AES-XTS with openssl speed by turns; fails if it reaches less than half with 512-bit keys.");
        command.SetAction(_ => OpensslComparison.Run(Console.Out));
        return command;
    }
}
