using Late.Hosting.Configuration;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Polly.Telemetry;

namespace Late.Hosting.Connection.Reconnecting;

/// <summary>
/// Makes the Polly pipeline that runs attempts. One execution spans from a loss to the next stable session, so that the
/// backoff grows over all attempts in between and starts over after.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="loggers">Where Polly logs.</param>
/// <param name="time">The clock of the delays.</param>
internal sealed class ReconnectPipeline(ConnectionContext connection, ILoggerFactory loggers, TimeProvider time)
{
    // A server that goes down loses all its clients in one moment. Polly's first two delays would bring a fifth of them back
    // within the same 100 ms; spread evenly over four base delays, it is a twentieth. Its later delays are wide enough.
    private const int LossSpread = 4;
    private const int NarrowDelays = 2;

    /// <summary>Makes a pipeline from the options as they are now.</summary>
    /// <param name="backoff">The backoff of the attempts since the last stable session.</param>
    public ResiliencePipeline<LateSessionOutcome> Build(Backoff backoff)
    {
        var options = connection.Options;
        var builder = new ResiliencePipelineBuilder<LateSessionOutcome>
        {
            Name = "Late.Hosting",
            InstanceName = connection.MeasuredAs,
            TimeProvider = time,
        };

        // Polly's metrics are on. Its log lines repeat the connection's own log, so they have the level Debug.
        builder.ConfigureTelemetry(new TelemetryOptions
        {
            LoggerFactory = loggers,
            SeverityProvider = static _ => ResilienceEventSeverity.Debug,
        });
        builder.TelemetryListener = builder.TelemetryListener is { } listener ? new GuardedTelemetry(listener) : null;

        var context = new LateReconnectContext(connection.Name, options, Retry(options.Reconnect, backoff), connection.Services);
        if (connection.Hooks.Reconnect.Count == 0)
        {
            builder.AddRetry(context.Retry);
        }

        foreach (var configure in connection.Hooks.Reconnect)
        {
            configure(builder, context);
        }

        return builder.Build();
    }

    private RetryStrategyOptions<LateSessionOutcome> Retry(LateReconnectOptions options, Backoff backoff)
    {
        var retry = new RetryStrategyOptions<LateSessionOutcome>
        {
            Name = "Reconnect",
            ShouldHandle = args => ValueTask.FromResult(
                args.Outcome.Result is { ShouldReconnect: true, IsStable: false } outcome && outcome.Attempt < (options.MaxAttempts ?? int.MaxValue)),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Randomizer = () => connection.Randomizer(),
            Delay = options.BaseDelay,
            MaxDelay = options.MaxDelay,
            OnRetry = args =>
            {
                OnRetry(args);
                return default;
            },
        };
        retry.DelayGenerator = args => ValueTask.FromResult(DelayOf(args, retry, backoff, options.RefusedMaxDelay));
        return retry;
    }

    // Null leaves the delay to Polly: another backoff than ours is the user's.
    private static TimeSpan? DelayOf(
        RetryDelayGeneratorArguments<LateSessionOutcome> args, RetryStrategyOptions<LateSessionOutcome> retry, Backoff backoff, TimeSpan refusedMaxDelay)
    {
        var outcome = args.Outcome.Result!;
        if (outcome is { IsCut: true, Delay: { } rest })
        {
            return rest;
        }

        var isOurs = retry is { UseJitter: true, BackoffType: DelayBackoffType.Exponential };
        var longest = retry.MaxDelay ?? Limits.LongestDelay;
        TimeSpan? grown = isOurs ? Longer(backoff.Next(retry.Delay, outcome.IsRefused ? refusedMaxDelay : longest, retry.Randomizer), Limits.ShortestDelay) : null;
        var share = retry.Randomizer();
        if (outcome.AsksAgain)
        {
            grown = retry.Delay + (share * 0.5 * retry.Delay);
        }

        if (outcome.Exception is LateConnectException { RetryAfter: { } retryAfter })
        {
            // A zero from a server that has just refused: the backoff is politer.
            return retryAfter > retry.Delay || grown < retryAfter ? RetryAfterDelay.Of(retryAfter, retry.Delay, share) : grown;
        }

        if (outcome.Delay is { } delay)
        {
            return delay;
        }

        return outcome.Disconnect is not null && args.AttemptNumber < NarrowDelays && isOurs
            ? Longer(retry.Randomizer() * Shorter(LossSpread * retry.Delay, longest), Limits.ShortestDelay)
            : grown;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void OnRetry(OnRetryArguments<LateSessionOutcome> args)
    {
        var attempts = args.Outcome.Result!.Attempt;
        connection.Lifecycle.NoteNextAttempt(connection.Time.GetUtcNow() + args.RetryDelay, attempts);
        connection.Log.Waiting(connection.Name, args.RetryDelay.TotalSeconds, attempts + 1);
    }
}
