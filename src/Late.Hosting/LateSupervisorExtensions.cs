using Late.Hosting.Connection.Calls;

namespace Late.Hosting;

/// <summary>Calls over all connections of a supervisor, checked by the compiler against the handler's interfaces.</summary>
public static class LateSupervisorExtensions
{
    /// <summary>
    /// Calls the handlers of all connections that there are now, concurrently, and waits until each of the calls has ended. A call that fails
    /// affects no other, and no exception of a call is thrown.
    /// </summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <typeparam name="TRequest">The request.</typeparam>
    /// <typeparam name="TReply">Its reply.</typeparam>
    /// <param name="supervisor">The supervisor.</param>
    /// <param name="request">The request; all handlers receive the same object.</param>
    /// <param name="options">Overrides options for each of the calls. Where some connections may be down, <see cref="LateWhenNotReady.Fail"/> waits for none.</param>
    /// <param name="cancellationToken">Ends the calls that have not ended, which then have an <see cref="OperationCanceledException"/>.</param>
    /// <returns>One outcome for each key.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The timeout of <paramref name="options"/> is not positive, or longer than 49 days: no call begins.</exception>
    public static Task<IReadOnlyDictionary<string, LateCallOutcome<TReply>>> BroadcastAsync<THandler, TRequest, TReply>(
        this ILateSupervisor<THandler> supervisor, ILateRequest<TRequest, TReply> request, LateCallOptions options = default, CancellationToken cancellationToken = default)
        where THandler : class, ILateHandler, ILateCallHandler<TRequest, TReply>
        where TRequest : ILateRequest<TRequest, TReply>
    {
        ArgumentNullException.ThrowIfNull(supervisor);
        ArgumentNullException.ThrowIfNull(request);
        TimeoutCheck.Require(options.Timeout);
        return GatherAsync([.. supervisor.Connections.Select(connection => (connection.Key, CallAsync(connection.Value)))]);

        async Task<LateCallOutcome<TReply>> CallAsync(ILateClient<THandler> client)
        {
            try
            {
                return new() { Reply = await client.CallAsync(request, options, cancellationToken).ConfigureAwait(false) };
            }
            catch (Exception exception)
            {
                return new() { Exception = exception };
            }
        }
    }

    private static async Task<IReadOnlyDictionary<string, LateCallOutcome<TReply>>> GatherAsync<TReply>((string Key, Task<LateCallOutcome<TReply>> Outcome)[] calls)
    {
        var outcomes = new Dictionary<string, LateCallOutcome<TReply>>(calls.Length, StringComparer.Ordinal);
        foreach (var (key, outcome) in calls)
        {
            outcomes.Add(key, await outcome.ConfigureAwait(false));
        }

        return outcomes;
    }
}
