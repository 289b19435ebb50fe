using System.Diagnostics;
using System.Globalization;
using Tapvisor.Control;
using Tapvisor.Messages;
using static Tmds.Linux.LibC;

namespace Tapvisor.Benchmarks.Service;

/// <summary>A service from its start to its end, in a directory of its own.</summary>
internal sealed class ServiceLife(string tapvisord, int disks)
{
    private const long DiskBytes = 1 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <exception cref="BenchmarkException">It does not start, or ends otherwise than with 0.</exception>
    internal ServiceFigures Measure()
    {
        // As /run is: a file system on a disk would be measured instead.
        string root = Path.Combine("/dev/shm", Path.GetRandomFileName());
        Directory.CreateDirectory(root);
        try
        {
            return Measure(root);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private ServiceFigures Measure(string root)
    {
        var directory = new ControlDirectory(Path.Combine(root, "ctl"));
        var client = new ControlClient(directory);
        var clock = Stopwatch.StartNew();
        using Process service = Start(directory.Path);
        while (ServiceFile.FindService(directory) is null)
        {
            if (service.HasExited || clock.Elapsed > s_patience)
                throw new BenchmarkException($"{tapvisord} does not start.");
            Thread.Sleep(1);
        }
        double start = clock.Elapsed.TotalMilliseconds;
        service.Refresh();
        double startCpu = service.TotalProcessorTime.TotalMilliseconds;
        (double idle, int threads) = (Resident(service.Id), Directory.GetDirectories($"/proc/{service.Id}/task").Length);
        string image = Path.Combine(root, "disk");
        for (int i = 0; i < disks; i++)
        {
            using FileStream file = File.Create($"{image}{i.ToString(CultureInfo.InvariantCulture)}");
            file.SetLength(DiskBytes);
        }
        clock.Restart();
        Create(client, new MinorMarkers(directory), service.Id, image);
        double create = clock.Elapsed.TotalMilliseconds;
        double loaded = Resident(service.Id);
        clock.Restart();
        _ = kill(service.Id, SIGTERM);
        service.WaitForExit();
        return service.ExitCode == 0
            ? new ServiceFigures(start, startCpu, idle, threads, create, loaded, clock.Elapsed.TotalMilliseconds)
            : throw new BenchmarkException($"{tapvisord} ended with {service.ExitCode}.");
    }

    private Process Start(string directory)
    {
        var start = new ProcessStartInfo(tapvisord, ["run", "--control-directory", directory]) { RedirectStandardError = true };
        Process service = Process.Start(start) ?? throw new BenchmarkException($"{tapvisord} does not start.");
        service.ErrorDataReceived += static (_, _) => { };
        service.BeginErrorReadLine();
        return service;
    }

    private void Create(ControlClient client, MinorMarkers markers, int pid, string image)
    {
        for (int i = 0; i < disks; i++)
        {
            ushort minor = (ushort)markers.Allocate();
            client.Ask<TapdiskResponse.Attach>(pid, new TapdiskRequest.Attach(minor), s_patience);
            string path = string.Create(CultureInfo.InvariantCulture, $"aio:{image}{i}");
            client.Ask<TapdiskResponse.Open>(pid, new TapdiskRequest.Open(minor, new TapdiskParams { Path = path }), s_patience);
        }
    }

    private static double Resident(int pid)
    {
        string line = File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
    }
}
