using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sessions;

namespace Late.Hosting.Connection.Reconnecting;

/// <summary>Replaces a session before the server ends it.</summary>
internal sealed class Rotation : IDisposable
{
    private readonly ConnectionContext _connection;
    private readonly Session _session;
    private readonly LateRotationOptions _options;
    private readonly ITimer _clock;

    private Rotation(ConnectionContext connection, Session session, TimeSpan after)
    {
        (_connection, _session, _options) = (connection, session, connection.Options.Rotation);
        _clock = connection.Time.CreateTimer(static rotation => ((Rotation)rotation!).OnDue(), this, after, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts the clock of a session; null where its life has no end.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="session">The session.</param>
    public static Rotation? Begin(ConnectionContext connection, Session session) =>
        Lifetime(connection.Options.Rotation, connection.Time.GetUtcNow(), connection.Randomizer()) is { } lifetime
            ? new Rotation(connection, session, lifetime)
            : null;

    /// <summary>How long a session lives that begins now; null where its life has no end.</summary>
    /// <param name="options">What is wanted.</param>
    /// <param name="now">Now.</param>
    /// <param name="share">Which share of the jitter is taken, from 0 to 1.</param>
    public static TimeSpan? Lifetime(LateRotationOptions options, DateTimeOffset now, double share)
    {
        TimeSpan? lifetime = options.MaxSessionLifetime is { } longest
            ? longest - (share * Shorter(options.Jitter, longest / 2))
            : null;
        if (options.TimeOfDay is { } timeOfDay)
        {
            // What the jitter puts into the past is due tomorrow: a session that has just been replaced is not replaced again.
            var untilThen = timeOfDay.ToTimeSpan() - now.UtcDateTime.TimeOfDay - (share * options.Jitter);
            while (untilThen <= TimeSpan.Zero)
            {
                untilThen += TimeSpan.FromDays(1);
            }

            lifetime = lifetime is { } other ? Shorter(untilThen, other) : untilThen;
        }

        return lifetime;
    }

    public void Dispose() => _clock.Dispose();

    private void OnDue()
    {
        if (_session.IsLeaving)
        {
            // A callback or a close handshake is all that is left of it.
            return;
        }

        if (_options.Order == LateReconnectOrder.CloseFirst)
        {
            _session.Drain.Begin(SessionEnd.Rotated);
        }
        else
        {
            _ = ConnectFirstAsync();
        }
    }

    private async Task ConnectFirstAsync()
    {
        try
        {
            var request = new LateReconnect { Order = LateReconnectOrder.ConnectFirst, SwitchWhen = _options.SwitchWhen, FinishCalls = true };
            await _session.Switch!.ConnectAsync(request, SessionEnd.Rotated).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It ended by itself: the next attempt connects.
        }
        catch (Exception exception)
        {
            _clock.Change(AgainAfter(exception, _connection.Options.Reconnect, _connection.Randomizer()), Timeout.InfiniteTimeSpan);
            _connection.Log.RotationFailed(_connection.Name, exception is LateException ? LateException.WithoutName(_connection.Name, exception.Message) : exception.GetType().Name);
        }
    }

    // With jitter, like the backoff at its maximum; Retry-After, where that is longer.
    private static TimeSpan AgainAfter(Exception exception, LateReconnectOptions options, double share) =>
        RetryAfterDelay.OrLonger(options.MaxDelay * (0.5 + (0.5 * share)), exception, options.BaseDelay, () => share);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
