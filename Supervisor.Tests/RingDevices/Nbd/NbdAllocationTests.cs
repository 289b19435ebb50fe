using Tapvisor.Control;
using System.Net.Sockets;
using Tapvisor.BlockIo.Engines;
using Tapvisor.BlockIo.Tasks;
using Tapvisor.Disks.Requests;
using Tapvisor.Messages.Nbd;
using Tapvisor.RingDevices.Nbd;

namespace Tapvisor.Tests.RingDevices.Nbd;

public sealed class NbdAllocationTests
{
    private const int Depth = 32;
    private const int Rounds = 500;

    // The measuring itself, and what the runtime does once in a while on any thread.
    private const long Tolerance = 4096;

    [SkippableTheory]
    [InlineData(IoEngineKind.IoUring)]
    [InlineData(IoEngineKind.LibAio)]
    public void Steady_traffic_allocates_nothing(IoEngineKind kind)
    {
        Skip.If(IoEngines.WhyUnavailable(kind) is not null, "the engine is not available");
        string directory = Directory.CreateTempSubdirectory("nbd").FullName;
        using IoEngine engine = IoEngines.Create(new IoEngineOptions { Kind = kind });
        var log = new TestLog<NbdRingDevice>();
        var paths = new NbdPaths(new ControlDirectory(directory), 7, 3);
        NbdRingDevice device = Run(engine, () => StartAsync(engine, paths, log));
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Connect(new UnixDomainSocketEndPoint(paths.Listener));
            ShakeHands(socket);
            byte[] round = Round(out int answer);
            var answers = new byte[answer];
            Drive(socket, round, answers);
            long least = long.MaxValue;
            for (int attempt = 0; attempt < 5 && least > Tolerance; attempt++)
            {
                long before = Allocated(engine);
                Drive(socket, round, answers);
                least = Math.Min(least, Allocated(engine) - before);
            }
            Assert.InRange(least, 0, Tolerance);
        }
        Run(engine, () => device.StopAsync());
        Directory.Delete(directory, recursive: true);
    }

    private static async IoTask<NbdRingDevice> StartAsync(IoEngine engine, NbdPaths paths, TestLog<NbdRingDevice> log)
    {
        var queue = new RequestQueue(engine, new RequestQueueOptions());
        var scope = new IoScope(engine, "image");
        queue.Start(new ModelDisk(scope, new ModelContent(1 << 20), 1) { Slowness = 0, Logging = false }, scope);
        var device = new NbdRingDevice(queue, paths, new NbdOptions(), log);
        await device.StartAsync();
        return device;
    }

    private static void ShakeHands(Socket socket)
    {
        Receive(socket, new byte[NbdMagic.NewstyleGreetingSize]);
        socket.Send([0, 0, 0, 3, .. NbdClient.Option(NbdOption.NBD_OPT_EXPORT_NAME)]);
        Receive(socket, new byte[10]);
    }

    /// <summary>Small reads, writes, a large write, a flush and zeroes, all in flight at once.</summary>
    private static byte[] Round(out int answer)
    {
        var requests = new List<byte>();
        answer = 0;
        for (int i = 0; i < Depth; i++)
        {
            requests.AddRange(NbdClient.Request(NbdCommand.NBD_CMD_READ, (ulong)i * 4096, 4096));
            requests.AddRange(NbdClient.Request(NbdCommand.NBD_CMD_WRITE, (ulong)i * 4096, 512));
            requests.AddRange(new byte[512]);
            answer += 4096 + (2 * NbdMagic.SimpleReplySize);
        }
        requests.AddRange(NbdClient.Request(NbdCommand.NBD_CMD_WRITE, 0, 70_000));
        requests.AddRange(new byte[70_000]);
        requests.AddRange(NbdClient.Request(NbdCommand.NBD_CMD_FLUSH, 0, 0));
        requests.AddRange(NbdClient.Request(NbdCommand.NBD_CMD_WRITE_ZEROES, 0, 4096));
        answer += 3 * NbdMagic.SimpleReplySize;
        return [.. requests];
    }

    private static void Drive(Socket socket, byte[] round, byte[] answers)
    {
        for (int i = 0; i < Rounds; i++)
        {
            socket.Send(round);
            Receive(socket, answers);
        }
    }

    private static void Receive(Socket socket, byte[] bytes)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int received = socket.Receive(bytes.AsSpan(at));
            Assert.NotEqual(0, received);
            at += received;
        }
    }

    private static long Allocated(IoEngine engine) => Run(engine, () => new IoTask<long>(GC.GetAllocatedBytesForCurrentThread()));

    private static T Run<T>(IoEngine engine, Func<IoTask<T>> work) => engine.RunAsync(work).GetAwaiter().GetResult();
}
