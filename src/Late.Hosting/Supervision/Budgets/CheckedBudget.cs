using Late.Hosting.Configuration;

namespace Late.Hosting.Supervision.Budgets;

/// <summary>Checks the options of a budget before the host's start.</summary>
internal sealed class CheckedBudget(ReloadedOptions<LateConnectBudgetOptions> options) : ICheckedSettings
{
    public void Check() => _ = options.Current;
}
