using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Supervisor.Configuration;

namespace Tapvisor.Supervisor.Hosting;

/// <summary>A service's life: start, work until a signal or its own wish ends it, and an end within its limits.</summary>
internal static class HostRun
{
    /// <summary>Runs the service to its end, and frees it.</summary>
    /// <param name="host">The service, not started.</param>
    /// <param name="serve">What is done between start and end; gets a token of the end.</param>
    /// <param name="end">Asks for the end, at any time.</param>
    internal static async Task RunAsync(IHost host, Func<CancellationToken, Task> serve, CancellationToken end)
    {
        EndGuard? guard = null;
        try
        {
            await ServiceBuilder.MakePartsAsync(host);
            IHostApplicationLifetime lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
            EndLimits limits = host.Services.GetRequiredService<ServiceSettings>().Limits;
            DiskTable disks = host.Services.GetRequiredService<DiskTable>();
            await using CancellationTokenRegistration asked = end.Register(lifetime.StopApplication);
            await using CancellationTokenRegistration ending = lifetime.ApplicationStopping.Register(
                () => guard = new EndGuard(limits.Process, disks));
            try
            {
                await host.StartAsync(end);
                await serve(lifetime.ApplicationStopping);
            }
            catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // The end was asked for during the start: what has started is stopped like a whole service.
            }
            finally
            {
                await host.StopAsync(CancellationToken.None);
            }
        }
        finally
        {
            host.Dispose();
            guard?.Dispose();
        }
    }

    /// <summary>Work that is nothing but waiting.</summary>
    internal static async Task UntilAsync(CancellationToken end)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = end.Register(ended.SetResult);
        await ended.Task;
    }
}
