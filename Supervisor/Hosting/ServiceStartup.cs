using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Control;
using Tapvisor.Disks;
using Tapvisor.Supervisor.Control;
using Tapvisor.Supervisor.Journal;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>The first to start and the last to stop: the service's place in the control directory.</summary>
internal sealed class ServiceStartup(
    ControlDirectory directory, DiskTable disks, DiskJournal journal, ILogger<ServiceStartup> log) : IHostedService
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
        return Task.CompletedTask;
    }

    /// <summary>The control socket answers: clients may find the service.</summary>
    internal void Publish() => _serviceFile?.Publish(Environment.ProcessId);

    /// <summary>The actors are gone: frees what they used.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Side by side: a thousand disks take their turns on a few engines, and one that hangs keeps no other.
            await Task.WhenAll(disks.InAttachOrder.Select(entry => entry.DisposeAsync().AsTask())).WaitAsync(cancellationToken);
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
