using System.Diagnostics;

namespace Late.Hosting.Diagnostics;

/// <summary>The metrics and traces of one connection. Nothing is allocated, and no clock is read, while there is no listener.</summary>
internal sealed class ConnectionTelemetry(string connection, ConnectionMetrics metrics, TimeProvider time, string? measuredAs = null)
{
    private readonly KeyValuePair<string, object?> _name = new(LateTelemetry.ConnectionNameTag, measuredAs ?? connection);

    // Created on first use: a name for each of thousands of connections that are not traced would be wasted.
    private string? _connectSpan;
    private string? _connectingSpan;
    private string? _frameSpan;

    /// <summary>An attempt begins: its span is the current one until the attempt's outcome is recorded.</summary>
    /// <param name="number">Which attempt it is since the last stable session.</param>
    /// <param name="life">Which life it belongs to.</param>
    public AttemptTelemetry BeginAttempt(int number, long life) =>
        new(this, StartSpan(ref _connectSpan, "connect", ActivityKind.Client)
            ?.AddTag(_name.Key, connection).AddTag("late.attempt.number", number).AddTag("late.life.number", life));

    public void AttemptEnded(string outcome, string? error)
    {
        if (!metrics.Attempts.Enabled)
        {
            return;
        }

        var tag = new KeyValuePair<string, object?>(LateTelemetry.AttemptOutcomeTag, outcome);
        if (error is null)
        {
            metrics.Attempts.Count(_name, tag);
        }
        else
        {
            metrics.Attempts.Count(_name, tag, new(LateTelemetry.ErrorTypeTag, error));
        }
    }

    /// <summary>A span of <c>HandleConnecting</c>, current until it is disposed, in the trace of its attempt; null where there is no listener.</summary>
    /// <param name="attempt">The span of its attempt, where that is not current.</param>
    public Activity? StartConnecting(ActivityContext attempt) => StartSpan(ref _connectingSpan, "HandleConnecting", ActivityKind.Internal, attempt)?.AddTag(_name.Key, connection);

    /// <summary>A span of something that happens to a session, current until it is disposed; null where there is no listener.</summary>
    /// <param name="what">What happens.</param>
    /// <param name="session">The session's number; null where there is none.</param>
    /// <param name="attempt">The span of the session's attempt.</param>
    /// <param name="isPartOfAttempt">True where it belongs to the trace of its attempt; else it has one of its own, with a link.</param>
    public Activity? StartSessionEvent(string what, long? session, ActivityContext attempt, bool isPartOfAttempt)
    {
        if (!Spans.Source.HasListeners())
        {
            return null;
        }

        return Spans.Start(
                $"{what} {connection}",
                ActivityKind.Internal,
                isPartOfAttempt ? attempt : default,
                links: isPartOfAttempt || attempt == default ? null : [new ActivityLink(attempt)])
            ?.AddTag(_name.Key, connection)
            .AddTag("late.session.number", session);
    }

    /// <summary>A span of a message, current until it is disposed; null where there is no listener.</summary>
    public Activity? StartFrame(long session, in LateFrame frame) => StartSpan(ref _frameSpan, "HandleIn", ActivityKind.Consumer)
        ?.AddTag(_name.Key, connection)
        .AddTag("late.session.number", session)
        .AddTag("late.frame.kind", TagValue.Of(frame.Kind))
        .AddTag("late.frame.size", frame.Payload.Length);

    public void SessionEnded(TimeSpan duration, LateDisconnectReason reason)
    {
        if (metrics.SessionDuration.Enabled)
        {
            metrics.SessionDuration.Measure(duration, _name, new(LateTelemetry.SessionEndTag, TagValue.Of(reason)));
        }
    }

    /// <summary>Watches a call; null where there is no listener.</summary>
    public CallTelemetry? WatchCall<TRequest>()
    {
        var span = Spans.Source.HasListeners() ? Spans.StartDetached(RequestName<TRequest>.Span, ActivityKind.Client) : null;
        if (span is null && !metrics.CallDuration.Enabled && !metrics.CallQueueDuration.Enabled)
        {
            return null;
        }

        span?.AddTag(_name.Key, connection).AddTag(LateTelemetry.RequestTag, RequestName<TRequest>.Value);
        return new CallTelemetry(this, RequestName<TRequest>.Value, span);
    }

    public void CallEnded(string request, CallOutcome outcome, TimeSpan duration)
    {
        if (metrics.CallDuration.Enabled)
        {
            metrics.CallDuration.Measure(
                duration, _name, new(LateTelemetry.RequestTag, request), new(LateTelemetry.CallOutcomeTag, TagValue.Of(outcome)));
        }
    }

    /// <summary>The handler receives a call, or it has ended before that.</summary>
    public void CallWaited(string request, TimeSpan duration)
    {
        if (metrics.CallQueueDuration.Enabled)
        {
            metrics.CallQueueDuration.Measure(duration, _name, new(LateTelemetry.RequestTag, request));
        }
    }

    /// <summary>When the callback began that now begins; zero where it is not measured.</summary>
    public long BeginCallback() => metrics.CallbackDuration.Enabled ? Math.Max(1, time.GetTimestamp()) : 0;

    public void CallbackEnded(string callback, long began) =>
        metrics.CallbackDuration.Measure(time.GetElapsedTime(began), _name, new(LateTelemetry.CallbackTag, callback));

    public void PingAnswered(TimeSpan roundTrip)
    {
        if (metrics.PingDuration.Enabled)
        {
            metrics.PingDuration.Measure(roundTrip, _name);
        }
    }

    /// <summary>A frame has waited for the send limit.</summary>
    public void SendDelayed(long since)
    {
        if (metrics.SendDelay.Enabled)
        {
            metrics.SendDelay.Measure(time.GetElapsedTime(since), _name);
        }
    }

    /// <summary>A life begins: the first with the start, others after faults.</summary>
    public void LifeBegan() => metrics.Lives.Count(_name);

    public void PostDropped() => metrics.PostsDropped.Count(_name);

    public void PostFailed() => metrics.PostsFailed.Count(_name);

    public void GoodbyeCut() => metrics.GoodbyesCut.Count(_name);

    public void SwitchRefused() => metrics.SwitchesRefused.Count(_name);

    private Activity? StartSpan(ref string? name, string what, ActivityKind kind, ActivityContext parent = default) =>
        Spans.Source.HasListeners() ? Spans.Start(name ??= $"{what} {connection}", kind, parent) : null;

    private static class RequestName<TRequest>
    {
        public static readonly string Value = TypeName.Of<TRequest>();
        public static readonly string Span = $"call {Value}";
    }
}
