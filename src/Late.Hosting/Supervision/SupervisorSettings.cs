using Late.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Supervision;

/// <summary>Reads and checks the options of supervisors.</summary>
internal sealed class SupervisorSettings : IValidateOptions<LateSupervisorOptions>
{
    private const string Prefix = "Late:Supervisors";

    private static readonly OptionTable<LateSupervisorOptions> s_options = new OptionTable<LateSupervisorOptions>()
        .NumberOrNone(nameof(LateSupervisorOptions.MaxConnections), static (options, value) => options.MaxConnections = value)
        .Flag(nameof(LateSupervisorOptions.MetricsPerConnection), static (options, value) => options.MetricsPerConnection = value)
        .Choice<LateOnEnd>(nameof(LateSupervisorOptions.OnStop), static (options, value) => options.OnStop = value)
        .Choice<LateOnEnd>(nameof(LateSupervisorOptions.OnFault), static (options, value) => options.OnFault = value);

    public static SectionReader<LateSupervisorOptions> Reader(IConfiguration? configuration) =>
        new(configuration, Prefix, s_options, static options => options.ConfigurationProblems);

    public static string SectionOf(string name) => $"{Prefix}:{name}";

    public ValidateOptionsResult Validate(string? name, LateSupervisorOptions options)
    {
        var problems = new Problems(SectionOf(name ?? ""), options.ConfigurationProblems);
        problems.Positive(options.MaxConnections, nameof(options.MaxConnections));
        problems.Defined(options.OnStop, nameof(options.OnStop));
        problems.Defined(options.OnFault, nameof(options.OnFault));
        return problems.ToResult(name, "Supervisor");
    }
}
