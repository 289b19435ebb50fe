using System.CommandLine;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tapvisor.Actors.Supervisor;
using Tapvisor.Actors.XenStore;
using Tapvisor.Control;
using Tapvisor.Supervisor.Hosting;

namespace Tapvisor.Supervisor.Commands;

/// <summary>
/// <c>tapvisord serve</c>: images by NBD until Ctrl-C, for whoever wants to look or try: no root, no Xen, nothing left behind.
/// </summary>
internal static class ServeCommand
{
    internal static Command Create(ServiceSignals signals)
    {
        var images = new Argument<string[]>("images")
        {
            Description = "TYPE:PATH of each image, such as aio:/srv/disk.img; with none, a sparse sample disk is made and removed again.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var readOnly = new Option<bool>("--read-only", "-R") { Description = "Clients may only read." };
        var buffered = new Option<bool>("--buffered", "-D") { Description = "Through the page cache instead of direct I/O." };
        var common = new CommonOptions();
        var command = new Command("serve", "Serves images by NBD until Ctrl-C, and says for each what to try next.")
        {
            images,
            readOnly,
            buffered,
        };
        common.AddTo(command);
        command.SetAction((parsed, _) => RunCommand.GuardAsync(async () =>
        {
            using var directory = new UserDirectory();
            ServiceOptions options = common.Read(parsed, onDemand: false, fallback: directory.Choose);

            // Guests' devices are the installed service's business.
            IHost host = ServiceBuilder.Build(
                options with
                {
                    Settings = options.Settings with { XenStore = options.Settings.XenStore with { Mode = StoreMode.Off } },
                },
                signals);
            await HostRun.RunAsync(
                host,
                async end =>
                {
                    await using var served = new ServedImages(
                        host.Services.GetRequiredService<IRequiredActor<SupervisorActor>>().ActorRef,
                        host.Services.GetRequiredService<ControlDirectory>(),
                        host.Services.GetRequiredService<MinorMarkers>());
                    await served.AddAsync(parsed.GetValue(images) ?? [], parsed.GetValue(readOnly), parsed.GetValue(buffered));
                    await HostRun.UntilAsync(end);
                },
                signals.End);
        }));
        return command;
    }
}
