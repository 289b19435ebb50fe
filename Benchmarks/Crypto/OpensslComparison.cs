using System.Diagnostics;
using System.Globalization;
using Tapvisor.Formats.Crypto;

namespace Tapvisor.Benchmarks.Crypto;

/// <summary>
/// Our bytes per second of processor time against those of <c>openssl speed</c> with the same cipher on the same processor, by turns, so
/// that a busy machine slows both. OpenSSL takes its whole buffer as one data unit; we take sectors of 512 bytes, each with a tweak of
/// its own to encrypt.
/// </summary>
internal static class OpensslComparison
{
    private const int Turns = 7;
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);

    private delegate void Operation(ulong firstSector, ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Prints a table of medians.</summary>
    /// <returns>1 if we reach less than half in any line for keys of 512 bits, else 0.</returns>
    internal static int Run(TextWriter output)
    {
        using var process = Process.GetCurrentProcess();
        process.ProcessorAffinity = 1;
        output.WriteLine("key    request  operation  openssl MB/s  ours MB/s  ratio (median of turns; lowest, highest)");
        double lowest = double.MaxValue;
        foreach (int keyLength in (int[])[64, 32])
        {
            foreach (int length in (int[])[512, 4096, 16384])
            {
                foreach (bool decrypt in (bool[])[false, true])
                {
                    double ratio = Compare(output, keyLength, length, decrypt);
                    lowest = keyLength == 64 ? Math.Min(lowest, ratio) : lowest;
                }
            }
        }

        return lowest < 0.5 ? 1 : 0;
    }

    private static double Compare(TextWriter output, int keyLength, int length, bool decrypt)
    {
        using var cipher = SectorCipher.Create([.. Enumerable.Range(0, keyLength).Select(i => (byte)i)]);
        Operation operation = decrypt ? cipher.Decrypt : cipher.Encrypt;
        byte[] data = GC.AllocateArray<byte>(length, pinned: true);
        _ = Measure(operation, data);
        double[] theirs = new double[Turns];
        double[] ours = new double[Turns];
        double[] ratios = new double[Turns];
        for (int turn = 0; turn < Turns; turn++)
        {
            theirs[turn] = RunOpenssl(keyLength, length, decrypt);
            ours[turn] = Measure(operation, data);
            ratios[turn] = ours[turn] / theirs[turn];
        }

        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{keyLength * 8,-5}  {length,7}  {(decrypt ? "decrypt" : "encrypt"),-9}  {Median(theirs),12:F0}  {Median(ours),9:F0}  "
            + $"{Median(ratios):F2} ({ratios.Min():F2}, {ratios.Max():F2})");
        output.WriteLine(line);
        return Median(ratios);
    }

    /// <returns>MB/s.</returns>
    private static double Measure(Operation operation, byte[] data)
    {
        long start = Stopwatch.GetTimestamp();
        var used = Environment.CpuUsage.UserTime;
        long bytes = 0;
        ulong sector = 0;
        while (Stopwatch.GetElapsedTime(start) < s_turn)
        {
            // As often as makes reading the clock cheap.
            for (int i = 0; i < 256; i++, bytes += data.Length)
                operation(sector++, data, data);
        }

        return bytes / (Environment.CpuUsage.UserTime - used).TotalMicroseconds;
    }

    /// <returns>MB/s.</returns>
    private static double RunOpenssl(int keyLength, int length, bool decrypt)
    {
        var start = new ProcessStartInfo("openssl") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "speed", "-mr", "-seconds", s_turn.TotalSeconds.ToString(CultureInfo.InvariantCulture), "-bytes",
            length.ToString(CultureInfo.InvariantCulture), "-evp", keyLength == 64 ? "aes-256-xts" : "aes-128-xts",
        ];
        foreach (string argument in decrypt ? [.. arguments, "-decrypt"] : arguments)
            start.ArgumentList.Add(argument);
        using var openssl = Process.Start(start)!;
        string errors = openssl.StandardError.ReadToEnd();
        string result = openssl.StandardOutput.ReadToEnd();
        openssl.WaitForExit();

        // The last line of -mr: "+F:<number>:<cipher>:<bytes per second>".
        string last = result.TrimEnd().Split('\n')[^1];
        return last.StartsWith("+F:", StringComparison.Ordinal)
            ? double.Parse(last.Split(':')[^1], CultureInfo.InvariantCulture) / 1e6
            : throw new InvalidOperationException($"openssl speed said: {result}{errors}");
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
