using System.Threading.RateLimiting;
using Late.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Supervision.Budgets;

/// <summary>Reads and checks the options of budgets.</summary>
internal sealed class BudgetSettings(IServiceProvider services) : IValidateOptions<LateConnectBudgetOptions>
{
    private const string Prefix = "Late:Budgets";

    // Less often than once a day is no rate; more often than timers count is none either.
    private const double LeastPerSecond = 1.0 / (24 * 60 * 60);
    private const double MostPerSecond = 1_000_000;

    public static SectionReader<LateConnectBudgetOptions> Reader(IConfiguration? configuration) => new(
        configuration,
        Prefix,
        static options => options.ConfigurationProblems,
        new Dictionary<string, SectionReader<LateConnectBudgetOptions>.Option>(StringComparer.OrdinalIgnoreCase)
        {
            [nameof(LateConnectBudgetOptions.PerSecond)] = new(static (options, section) => options.PerSecond = section.Get<double?>(), "it is a number."),
            [nameof(LateConnectBudgetOptions.Burst)] = new(static (options, section) => options.Burst = section.Get<int>(), "it is a whole number."),
            [nameof(LateConnectBudgetOptions.Concurrency)] = new(static (options, section) => options.Concurrency = section.Get<int?>(), "it is a whole number."),
            [nameof(LateConnectBudgetOptions.Pause)] = new(static (options, section) => options.Pause = section.Get<TimeSpan>(), "it is a time like \"00:00:10\" (hours:minutes:seconds)."),
        });

    public ValidateOptionsResult Validate(string? name, LateConnectBudgetOptions options)
    {
        var problems = new Problems($"{Prefix}:{name}", options.ConfigurationProblems);
        if (options is { PerSecond: null, Concurrency: null } && services.GetKeyedService<RateLimiter>(name) is null)
        {
            problems.Add(nameof(options.PerSecond), $"is missing. Give it, or {nameof(options.Concurrency)}, or both.");
        }

        if (options.PerSecond is { } perSecond and not (>= LeastPerSecond and <= MostPerSecond))
        {
            problems.Add(nameof(options.PerSecond), $"is {perSecond}. It is at least one a day, and at most {MostPerSecond:N0}.");
        }

        problems.Positive(options.Burst, nameof(options.Burst));
        if (options.PerSecond is { } rate && (options.Burst - 1) / rate > Limits.LongestDelay.TotalSeconds)
        {
            problems.Add(nameof(options.Burst), $"is {options.Burst}, more than {nameof(options.PerSecond)} ({rate}) makes of a whole day.");
        }

        problems.Positive(options.Concurrency, nameof(options.Concurrency));
        problems.Positive(options.Pause, nameof(options.Pause));
        return problems.ToResult(name, "Connect budget");
    }
}
