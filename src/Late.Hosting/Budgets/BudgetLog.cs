using Microsoft.Extensions.Logging;

namespace Late.Hosting.Budgets;

/// <summary>What budgets log, numbered after the messages of connections and supervisors.</summary>
internal sealed partial class BudgetLog(ILogger logger)
{
    [LoggerMessage(42, LogLevel.Warning, "Connect budget '{Budget}': the server of {Connection} asked to wait; all attempts of the budget pause for {Seconds:0.0} s. To attempt less often, lower PerSecond or Concurrency", EventName = "BudgetPaused")]
    public partial void BudgetPaused(string budget, string connection, double seconds);
}
