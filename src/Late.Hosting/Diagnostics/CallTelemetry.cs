using System.Diagnostics;

namespace Late.Hosting.Diagnostics;

/// <summary>A call that is measured or traced.</summary>
internal sealed class CallTelemetry(ConnectionTelemetry connection, string request, Activity? span)
{
    /// <summary>The call's span, from the call to its end; null where tracing is off.</summary>
    public Activity? Span => span;

    /// <summary>The handler receives the call.</summary>
    /// <param name="waited">How long it has waited.</param>
    public void Taken(TimeSpan waited)
    {
        connection.CallWaited(request, waited);
        span?.AddEvent(new ActivityEvent("late.call.taken"));
    }

    /// <summary>The call has ended.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="delivery">Whether the handler saw it.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="error">What it was failed with, where it was.</param>
    public void End(CallOutcome outcome, LateDelivery delivery, TimeSpan duration, Type? error)
    {
        connection.CallEnded(request, outcome, duration);
        if (delivery == LateDelivery.NotDelivered)
        {
            connection.CallWaited(request, duration);
        }

        if (span is null)
        {
            return;
        }

        span.SetTag(LateTelemetry.CallOutcomeTag, TagValue.Of(outcome));
        if (outcome != CallOutcome.Replied)
        {
            span.SetTag("late.call.delivery", TagValue.Of(delivery));
            span.SetFailed(error?.FullName ?? TagValue.Of(outcome));
        }

        Spans.StopDetached(span);
    }
}
