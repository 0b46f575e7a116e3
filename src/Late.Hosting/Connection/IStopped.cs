namespace Late.Hosting.Connection;

/// <summary>What the host stops.</summary>
internal interface IStopped
{
    /// <summary>How long its stop may take, as it is now.</summary>
    TimeSpan StopBudget { get; }
}
