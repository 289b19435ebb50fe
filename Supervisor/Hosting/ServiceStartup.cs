using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tapvisor.Actors.Disks;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Messages.Control;
using Tapvisor.Supervisor.Configuration;
using Tapvisor.Supervisor.Control;
using Tapvisor.Supervisor.Journal;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>The first to start and the last to stop: the service's place in the control directory.</summary>
internal sealed class ServiceStartup(
    IServiceProvider services, ControlDirectory directory, DiskTable disks, DiskJournal journal, ILogger<ServiceStartup> log) : IHostedService
{
    private ServiceFile? _serviceFile;

    /// <summary>It is the directory's main service.</summary>
    internal bool IsMain => _serviceFile is not null;

    /// <summary>Takes the place of the directory's main service, if it is free, and tidies up after the dead.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        directory.CreateMarkerDirectory();
        _serviceFile = ServiceFile.TryAcquire(directory);
        if (_serviceFile is null)
            log.WorksBeside(directory.Path, Environment.ProcessId);
        StaleSockets.Clean(directory, log);

        // Made here, so that what keeps them from being made is told like everything else that keeps the service from starting.
        _ = services.GetRequiredService<EnginePool>();
        CreateActorSystem();
        return Task.CompletedTask;
    }

    private void CreateActorSystem()
    {
        try
        {
            _ = services.GetRequiredService<ActorSystem>();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new ServiceConfigurationException($"The actor system cannot be made of the settings below {AkkaSettings.Root}: {e.Message}", e);
        }
    }

    /// <summary>The control socket answers: clients may find the service.</summary>
    internal void Publish() => _serviceFile?.Publish(Environment.ProcessId);

    /// <summary>The actors are gone: frees what they used.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (DiskEntry entry in disks.InAttachOrder)
                await entry.DisposeAsync().AsTask().WaitAsync(cancellationToken);
            log.Ended();
        }
        catch (OperationCanceledException)
        {
            // A storage that does not answer must not keep the service from ending; the kernel finishes or drops what it holds.
            log.EndedHard();
        }
        if (journal.IsEmpty)
            journal.Delete();
        _serviceFile?.Dispose();
    }
}
