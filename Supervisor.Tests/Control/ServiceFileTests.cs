using Tapvisor.Control;

namespace Tapvisor.Tests.Control;

public sealed class ServiceFileTests : IDisposable
{
    private readonly TemporaryControlDirectory _temporary = new();

    private ControlDirectory Directory => _temporary.Directory;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_service_is_found_once_it_serves_and_until_it_ends()
    {
        Assert.Null(ServiceFile.FindService(Directory));
        using (ServiceFile service = ServiceFile.TryAcquire(Directory)!)
        {
            Assert.Null(ServiceFile.FindService(Directory));
            service.Publish(4711);
            Assert.Equal(4711, ServiceFile.FindService(Directory));
        }

        Assert.Null(ServiceFile.FindService(Directory));
    }

    [Fact]
    public void A_second_service_is_not_the_directorys()
    {
        using ServiceFile first = ServiceFile.TryAcquire(Directory)!;
        Assert.Null(ServiceFile.TryAcquire(Directory));
    }

    [Fact]
    public void The_pid_of_a_dead_service_is_forgotten_by_its_successor()
    {
        using (ServiceFile dead = ServiceFile.TryAcquire(Directory)!)
            dead.Publish(1_000_000);
        using ServiceFile successor = ServiceFile.TryAcquire(Directory)!;
        Assert.Null(ServiceFile.FindService(Directory));
        successor.Publish(7);
        Assert.Equal(7, ServiceFile.FindService(Directory));
    }

    [Fact]
    public void Looking_for_a_service_never_keeps_one_from_starting()
    {
        using (ServiceFile dead = ServiceFile.TryAcquire(Directory)!)
            dead.Publish(1);
        using CancellationTokenSource stop = new();
        Thread looker = new(() =>
        {
            while (!stop.IsCancellationRequested)
                ServiceFile.FindService(Directory);
        });
        looker.Start();
        for (int i = 0; i < 2_000; i++)
        {
            using ServiceFile? service = ServiceFile.TryAcquire(Directory);
            Assert.NotNull(service);
        }

        stop.Cancel();
        looker.Join();
    }

    [Fact]
    public void Only_one_client_at_a_time_starts_a_service()
    {
        using (ServiceFile first = ServiceFile.AwaitLaunch(Directory, Deadline.Never)!)
        {
            Assert.Null(ServiceFile.AwaitLaunch(Directory, Deadline.After(TimeSpan.Zero)));
            using ServiceFile service = ServiceFile.TryAcquire(Directory)!;
            Assert.True(first.HasService());
        }

        using ServiceFile? next = ServiceFile.AwaitLaunch(Directory, Deadline.After(TimeSpan.Zero));
        Assert.NotNull(next);
    }
}
