namespace Late.Hosting;

/// <summary>
/// Connect rate limiting of a group of connections: the section <c>Late:Budgets:{name}</c> of the configuration,
/// then the delegate given to <c>AddLateConnectBudget</c>. A reload of the configuration takes effect with the next attempt.
/// </summary>
public sealed class LateConnectBudgetOptions
{
    /// <summary>The maximum number of attempts that begin in a second, evenly spread; 0.2 is one in five seconds.</summary>
    /// <value>The default is null: as many as <see cref="Concurrency"/> allows. One of the two is required.</value>
    public double? PerSecond { get; set; }

    /// <summary>
    /// The maximum number of attempts that begin together after a time without attempts; any second has at most
    /// <see cref="PerSecond"/> and so many less one. Timers count in milliseconds: a rate of more than a hundred is reached only with a few.
    /// </summary>
    /// <value>The default is 1.</value>
    public int Burst { get; set; } = 1;

    /// <summary>The maximum number of concurrent attempts, from their beginning to the server's answer.</summary>
    /// <value>The default is null: as many as <see cref="PerSecond"/> allows.</value>
    public int? Concurrency { get; set; }

    /// <summary>
    /// How long no connection of the group attempts after an answer 429 (Too Many Requests) without <c>Retry-After</c>. With it,
    /// that of a 429 or 503 counts. After it they go one by one, at the rate of <see cref="PerSecond"/>.
    /// </summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The errors of reading the configuration section.</summary>
    internal List<string> ConfigurationProblems { get; } = [];
}
