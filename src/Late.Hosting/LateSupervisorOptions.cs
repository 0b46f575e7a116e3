namespace Late.Hosting;

/// <summary>
/// The options of a supervisor: the section <c>Late:Supervisors:{name}</c> of the configuration, then the second delegate given
/// to <c>AddLateSupervisor</c>. A reload of the configuration takes effect with the next use of an option.
/// </summary>
public sealed class LateSupervisorOptions
{
    /// <summary>The maximum number of keys, those of ended connections that are kept included.</summary>
    /// <value>The default is null: no limit.</value>
    public int? MaxConnections { get; set; }

    /// <summary>What happens to a key whose handler has stopped its connection.</summary>
    /// <value>The default is <see cref="LateEndBehavior.Remove"/>.</value>
    public LateEndBehavior OnStop { get; set; } = LateEndBehavior.Remove;

    /// <summary>What happens to a key whose connection has failed permanently.</summary>
    /// <value>The default is <see cref="LateEndBehavior.Keep"/>.</value>
    public LateEndBehavior OnFault { get; set; } = LateEndBehavior.Keep;

    /// <summary>
    /// Whether each connection is measured under its own name. Otherwise all are under the supervisor's, as sums and common
    /// histograms: thousands of names exceed what most collectors accept. Traces and logs have the connection's name in any case.
    /// </summary>
    /// <value>The default is false.</value>
    public bool MetricsPerConnection { get; set; }

    /// <summary>The errors of reading the configuration section.</summary>
    internal List<string> ConfigurationProblems { get; } = [];
}
