using Late.Hosting.Configuration;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Registration;

/// <summary>
/// Checks every section that is read before the host starts anything, so that its start fails with everything that is wrong in
/// one message (promise P13).
/// </summary>
/// <param name="sections">The sections.</param>
/// <param name="log">Receives what looks like a typo in a section's name.</param>
/// <param name="configuration">The application's configuration; null for none.</param>
internal sealed class OptionsCheck(IEnumerable<CheckedSection> sections, ConnectionLog log, IConfiguration? configuration = null) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var problems = CheckNames([.. sections.Select(static section => section.Path).Distinct()]);
        foreach (var section in sections)
        {
            try
            {
                section.Check();
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

    private List<string> CheckNames(string[] read)
    {
        if (configuration is null)
        {
            return [];
        }

        var unread = new UnreadSections(configuration, read);
        foreach (var (path, meant) in unread.Typos())
        {
            log.SectionNotRead(path, meant);
        }

        return [.. unread.Problems()];
    }
}
