using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Configuration;

/// <summary>
/// Checks the settings of all connections before any of them starts, so that the host's start fails with everything that
/// is wrong in one message.
/// </summary>
internal sealed class SettingsCheck(IServiceProvider services, IEnumerable<ConnectionRegistration> connections, IEnumerable<SettingsToCheck> others) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var checks = connections.Select<ConnectionRegistration, Action>(connection => () => _ = services.GetRequiredKeyedService<ConnectionSettings>(connection.Name).Current);
        foreach (var check in checks.Concat(others.Select(static settings => settings.Check)))
        {
            try
            {
                check();
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
}
