using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog.Core;
using Serilog.Events;
using Tapvisor.Control;
using Tapvisor.Messages;
using Tapvisor.Supervisor.Configuration;
using Tapvisor.Supervisor.Hosting;

namespace Tapvisor.Tests.Supervisor.EndToEnd;

/// <summary>The whole service inside the test's process, in a directory of its own.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly IHost _host;

    private TestService(TemporaryDirectory directory, IHost host)
    {
        Files = directory;
        _host = host;
        Directory = new ControlDirectory(directory.At("ctl"));
        Markers = new MinorMarkers(Directory);
        Client = new ControlClient(Directory);
    }

    internal TemporaryDirectory Files { get; }

    internal ControlDirectory Directory { get; }

    internal MinorMarkers Markers { get; }

    internal ControlClient Client { get; }

    internal static int Pid => Environment.ProcessId;

    internal EnginePool Engines => _host.Services.GetRequiredService<EnginePool>();

    /// <summary>Starts it with the shipped configuration and <paramref name="hocon"/> over it.</summary>
    internal static async Task<TestService> StartAsync(string hocon = "")
    {
        var directory = new TemporaryDirectory();
        SettingValues values = ConfigurationFile.LoadText($"tapvisor.control-directory = \"{directory.At("ctl")}\"\n{hocon}", "test");
        var options = new ServiceOptions(
            values.Hocon, SettingsReader.Read(values), null, OnDemand: false, new LoggingLevelSwitch(LogEventLevel.Fatal));
        IHost host = ServiceBuilder.Build(options, new ServiceSignals());
        await host.StartAsync();
        return new TestService(directory, host);
    }

    /// <summary>What tap-ctl create does.</summary>
    /// <returns>The minor.</returns>
    internal int Create(string image, TapdiskMessageFlags flags = TapdiskMessageFlags.None)
    {
        int minor = Markers.Allocate();
        Ask<TapdiskResponse.Attach>(new TapdiskRequest.Attach((ushort)minor));
        Ask<TapdiskResponse.Open>(new TapdiskRequest.Open((ushort)minor, new TapdiskParams { Path = image, Flags = flags }));
        return minor;
    }

    /// <summary>What tap-ctl destroy and free do.</summary>
    internal void Destroy(int minor)
    {
        Ask<TapdiskResponse.Close>(new TapdiskRequest.Close((ushort)minor));
        Ask<TapdiskResponse.Detach>(new TapdiskRequest.Detach((ushort)minor));
        Markers.Free(minor);
    }

    internal T Ask<T>(TapdiskRequest request)
        where T : TapdiskResponse => Client.Ask<T>(Pid, request, TimeSpan.FromSeconds(60));

    internal string Uri(int minor) => $"nbd+unix:///?socket={Directory.NbdSocket(Pid, minor)}";

    /// <summary>The counters that tap-ctl stats shows.</summary>
    internal JsonElement Stats(int minor)
    {
        using JsonDocument document = JsonDocument.Parse(Ask<TapdiskResponse.Stats>(new TapdiskRequest.Stats((ushort)minor)).Json);
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Files.Dispose();
    }
}
