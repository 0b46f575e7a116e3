using Late.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Supervision;

/// <summary>Reads and checks the options of supervisors.</summary>
internal sealed class SupervisorSettings : IValidateOptions<LateSupervisorOptions>
{
    private const string Prefix = "Late:Supervisors";

    private static readonly string s_ends = $"it is one of {string.Join(", ", Enum.GetNames<LateOnEnd>())}.";

    public static SectionReader<LateSupervisorOptions> Reader(IConfiguration? configuration) => new(
        configuration,
        Prefix,
        static options => options.ConfigurationProblems,
        new Dictionary<string, SectionReader<LateSupervisorOptions>.Option>(StringComparer.OrdinalIgnoreCase)
        {
            [nameof(LateSupervisorOptions.MaxConnections)] = new(static (options, section) => options.MaxConnections = section.Get<int?>(), "it is a whole number."),
            [nameof(LateSupervisorOptions.MetricsPerConnection)] = new(
                static (options, section) => options.MetricsPerConnection = section.Get<bool>(), "it is true or false."),
            [nameof(LateSupervisorOptions.OnStop)] = new(static (options, section) => options.OnStop = section.Get<LateOnEnd>(), s_ends),
            [nameof(LateSupervisorOptions.OnFault)] = new(static (options, section) => options.OnFault = section.Get<LateOnEnd>(), s_ends),
        });

    public ValidateOptionsResult Validate(string? name, LateSupervisorOptions options)
    {
        var problems = new Problems($"{Prefix}:{name}", options.ConfigurationProblems);
        problems.Positive(options.MaxConnections, nameof(options.MaxConnections));
        problems.Defined(options.OnStop, nameof(options.OnStop));
        problems.Defined(options.OnFault, nameof(options.OnFault));
        return problems.ToResult(name, "Supervisor");
    }
}
