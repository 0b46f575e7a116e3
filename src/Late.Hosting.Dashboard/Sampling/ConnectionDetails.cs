namespace Late.Hosting.Dashboard.Sampling;

/// <summary>The history of a connection; times are milliseconds since 1970, as browsers count.</summary>
/// <param name="Changes">The last changes of its state, the oldest first.</param>
/// <param name="Errors">The last errors, the oldest first.</param>
internal sealed record ConnectionDetails(IReadOnlyList<StateChange> Changes, IReadOnlyList<OccurredError> Errors)
{
    public static ConnectionDetails Of(ILateConnectionInfo connection) => new(
        [.. connection.GetRecentChanges().Select(static change => new StateChange(change.Since.ToUnixTimeMilliseconds(), change.State, change.Reason))],
        [.. connection.GetRecentErrors().Select(static error => new OccurredError(error.OccurredAt.ToUnixTimeMilliseconds(), error.Message))]);
}
