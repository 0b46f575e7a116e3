using Late.Hosting.Configuration;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Registration;

/// <summary>
/// Checks the settings of all connections before any of them starts, so that the host's start fails with everything that
/// is wrong in one message.
/// </summary>
internal sealed class SettingsCheck(
    IServiceProvider services, IEnumerable<ConnectionRegistration> connections, IEnumerable<SettingsToCheck> others, ConnectionLog log) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        SettingsToCheck[] all =
        [
            .. connections.Select(connection => new SettingsToCheck(
                OptionsFromConfiguration.SectionOf(connection.Name), () => _ = services.GetRequiredKeyedService<ConnectionSettings>(connection.Name).Current)),
            .. others,
        ];
        var problems = CheckSections([.. all.Select(static settings => settings.Section).Distinct()]);
        foreach (var settings in all)
        {
            try
            {
                settings.Check();
            }
            catch (OptionsValidationException exception)
            {
                problems.Add(exception.Message);
            }
        }

        return problems.Count == 0
            ? Task.CompletedTask
            : throw new OptionsValidationException("Late", typeof(LateConnectionOptions), [string.Join(Environment.NewLine, problems)]);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private List<string> CheckSections(IReadOnlyCollection<string> sections)
    {
        if (services.GetService<IConfiguration>() is not { } configuration)
        {
            return [];
        }

        var check = new SectionCheck(configuration, sections);
        foreach (var (unread, meant) in check.Typos())
        {
            log.SectionNotRead(unread, meant);
        }

        return [.. check.Problems()];
    }
}
