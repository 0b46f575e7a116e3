using Late.Hosting.Configuration;
using Late.Hosting.Registration;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Late.Hosting;

/// <summary>Configures a registered connection, in addition to its options.</summary>
public static class LateConnectionBuilderExtensions
{
    /// <summary>
    /// Completes the upgrade request of every attempt: a fresh token, another address. It runs after <c>HandleConnecting</c> and within
    /// <see cref="LateConnectionOptions.ConnectTimeout"/>; an exception fails the attempt, and a <see cref="LateConnectException"/> specifies
    /// what follows, by <see cref="LateConnectException.RetryAfter"/> and <see cref="LateConnectException.IsTransient"/>.
    /// </summary>
    /// <param name="builder">The connection.</param>
    /// <param name="configure">What to do with the request.</param>
    /// <returns>The same builder.</returns>
    public static ILateConnectionBuilder ConfigureHandshake(
        this ILateConnectionBuilder builder, Func<LateHandshakeContext, CancellationToken, ValueTask> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.Hook(hooks => hooks.Handshake.Add(configure));
    }

    /// <summary>
    /// Changes the handler that does TCP, TLS, proxy, credentials, cookies and client certificates, before its first use.
    /// </summary>
    /// <param name="builder">The connection.</param>
    /// <param name="configure">What to do with the handler; it belongs to the connection.</param>
    /// <returns>The same builder.</returns>
    public static ILateConnectionBuilder ConfigureHttpHandler(
        this ILateConnectionBuilder builder, Action<SocketsHttpHandler, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.Hook(hooks => hooks.HttpHandler.Add(configure));
    }

    /// <summary>
    /// Builds the pipeline that runs attempts, instead of the default one, which is
    /// <c>pipeline.AddRetry(context.Retry)</c>. Strategies added before the retry see the whole time from a loss to the
    /// next stable session, those added after it see one attempt with its session.
    /// </summary>
    /// <param name="builder">The connection.</param>
    /// <param name="configure">Adds strategies to the empty pipeline; called again for every loss.</param>
    /// <returns>The same builder.</returns>
    public static ILateConnectionBuilder ConfigureReconnect(
        this ILateConnectionBuilder builder, Action<ResiliencePipelineBuilder<LateSessionOutcome>, LateReconnectContext> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.Hook(hooks => hooks.Reconnect.Add(configure));
    }

    /// <summary>
    /// Builds a pipeline that calls run through, which have none by default. To retry calls that the handler has not received:
    /// <c>builder.ConfigureCalls((pipeline, context) => pipeline.AddRetry(context.Retry))</c>.
    /// </summary>
    /// <remarks>
    /// <para>Each attempt is a call of its own, with its own <see cref="LateConnectionOptions.CallTimeout"/> and at the end of the queue; a call
    /// that is to keep its place when its session is lost sets <see cref="LateCallOptions.WhenLost"/>. Strategies added before a retry see all
    /// attempts of a call, those added after it see each. What a strategy throws, the caller gets.</para>
    /// <para>It is for calls with one reply (<c>CallAsync</c>, <c>BroadcastAsync</c>): streams (<c>StreamAsync</c>), posts, sends and subscriptions do not run
    /// through it.</para>
    /// <para>When the connection has stopped, the pipeline's token is canceled: a call that waits in it for another attempt ends with a
    /// <see cref="LateStoppedException"/>.</para>
    /// <para>Retry nothing that is <see cref="LateDelivery.Unknown"/> unless the server recognizes a repetition.</para>
    /// </remarks>
    /// <param name="builder">The connection or the supervisor.</param>
    /// <param name="configure">
    /// Adds strategies to the empty pipeline; called once for each connection, before its first call. What it throws fails the start.
    /// </param>
    /// <returns>The same builder.</returns>
    public static ILateConnectionBuilder ConfigureCalls(
        this ILateConnectionBuilder builder, Action<ResiliencePipelineBuilder, LateCallsContext> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.Hook(hooks => hooks.Calls.Add(configure));
    }

    /// <summary>
    /// Lets a connection, or all connections of a supervisor, attempt to connect only as a budget allows that they share with
    /// others. Waiting attempts go in the order in which they came; to wait does not count towards
    /// <see cref="LateConnectionOptions.ConnectTimeout"/>. A server that answers one of them with 429, or with 503 and
    /// <c>Retry-After</c>, holds all of them.
    /// </summary>
    /// <param name="builder">The connection or the supervisor.</param>
    /// <param name="name">The budget's name; it need not be registered where the section <c>Late:Budgets:{name}</c> is sufficient.</param>
    /// <returns>The same builder.</returns>
    public static ILateConnectionBuilder UseConnectBudget(this ILateConnectionBuilder builder, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        builder.Hook(hooks => hooks.Budget = name);
        BudgetRegistration.Add(builder.Services, name);
        return builder;
    }

    private static ILateConnectionBuilder Hook(this ILateConnectionBuilder builder, Action<ConnectionHooks> add)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(builder.Name, add);
        return builder;
    }
}
