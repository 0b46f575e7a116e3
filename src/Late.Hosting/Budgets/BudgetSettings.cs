using System.Threading.RateLimiting;
using Late.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Budgets;

/// <summary>Reads and checks the options of budgets.</summary>
internal sealed class BudgetSettings(IServiceProvider services) : IValidateOptions<LateConnectBudgetOptions>
{
    private const string Prefix = "Late:Budgets";

    // Less often than once a day is no rate; more often than timers count is none either.
    private const double LeastPerSecond = 1.0 / (24 * 60 * 60);
    private const double MostPerSecond = 1_000_000;

    private static readonly OptionTable<LateConnectBudgetOptions> s_options = new OptionTable<LateConnectBudgetOptions>()
        .FractionOrNone(nameof(LateConnectBudgetOptions.PerSecond), static (options, value) => options.PerSecond = value)
        .Number(nameof(LateConnectBudgetOptions.Burst), static (options, value) => options.Burst = value)
        .NumberOrNone(nameof(LateConnectBudgetOptions.Concurrency), static (options, value) => options.Concurrency = value)
        .Time(nameof(LateConnectBudgetOptions.Pause), static (options, value) => options.Pause = value);

    public static SectionReader<LateConnectBudgetOptions> Reader(IConfiguration? configuration) =>
        new(configuration, Prefix, s_options, static options => options.ConfigurationProblems);

    public static string SectionOf(string name) => $"{Prefix}:{name}";

    public ValidateOptionsResult Validate(string? name, LateConnectBudgetOptions options)
    {
        var problems = new Problems(SectionOf(name ?? ""), options.ConfigurationProblems);
        if (options is { PerSecond: null, Concurrency: null } && !problems.Has(nameof(options.PerSecond)) && !problems.Has(nameof(options.Concurrency)) && services.GetKeyedService<RateLimiter>(name) is null)
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
