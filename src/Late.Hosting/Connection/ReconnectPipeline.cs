using Late.Hosting.Configuration;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Telemetry;

namespace Late.Hosting.Connection;

/// <summary>
/// Makes the Polly pipeline that runs attempts. One execution spans from a loss to the next stable session, so that the
/// backoff grows over all attempts in between and starts over after.
/// </summary>
internal sealed class ReconnectPipeline(ConnectionCore connection, ConnectionHooks hooks, ILoggerFactory loggers)
{
    /// <summary>Makes a pipeline from the options as they are now.</summary>
    public ResiliencePipeline<LateSessionOutcome> Build()
    {
        var options = connection.Options;
        var builder = new ResiliencePipelineBuilder<LateSessionOutcome>
        {
            Name = "Late.Hosting",
            InstanceName = connection.Name,
            TimeProvider = connection.Time,
        };

        // Polly's metrics are on. Its log lines say again what the connection's own log says, so they are for debugging.
        builder.ConfigureTelemetry(new TelemetryOptions
        {
            LoggerFactory = loggers,
            SeverityProvider = static _ => ResilienceEventSeverity.Debug,
        });

        var context = new LateReconnectContext(connection.Name, options, Retry(options.Reconnect), connection.Services);
        if (hooks.Reconnect.Count == 0)
        {
            builder.AddRetry(context.Retry);
        }

        foreach (var configure in hooks.Reconnect)
        {
            configure(builder, context);
        }

        return builder.Build();
    }

    private RetryStrategyOptions<LateSessionOutcome> Retry(LateReconnectOptions options) => new()
    {
        Name = "Reconnect",
        ShouldHandle = args => ValueTask.FromResult(
            args.Outcome.Result is { ShouldReconnect: true, IsStable: false } outcome && outcome.Attempt < (options.MaxAttempts ?? int.MaxValue)),
        MaxRetryAttempts = int.MaxValue,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = options.BaseDelay,
        MaxDelay = options.MaxDelay,
        DelayGenerator = args => ValueTask.FromResult(DelayOf(args.Outcome.Result!, options)),
        OnRetry = args =>
        {
            OnRetry(args);
            return default;
        },
    };

    // Null leaves the delay to Polly's backoff.
    private static TimeSpan? DelayOf(LateSessionOutcome outcome, LateReconnectOptions options)
    {
        if (outcome.Exception is not LateConnectException { RetryAfter: { } retryAfter })
        {
            return outcome.Delay;
        }

        if (retryAfter <= options.BaseDelay)
        {
            // "At once" from a server that has just refused: the backoff is politer.
            return null;
        }

        // Those who were told the same come back spread over half a base delay, and never too early. What no clock can
        // wait for is not meant.
        return (retryAfter < Limits.LongestDelay ? retryAfter : Limits.LongestDelay) + (Random.Shared.NextDouble() * 0.5 * options.BaseDelay);
    }

    private void OnRetry(OnRetryArguments<LateSessionOutcome> args)
    {
        var attempts = args.Outcome.Result!.Attempt;
        connection.Status.SetNextAttempt(connection.Time.GetUtcNow() + args.RetryDelay, attempts);
        connection.Log.Waiting(connection.Name, args.RetryDelay.TotalSeconds, attempts + 1);
    }
}
