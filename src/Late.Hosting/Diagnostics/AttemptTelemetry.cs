using System.Diagnostics;

namespace Late.Hosting.Diagnostics;

/// <summary>An attempt as it is measured and traced; one of its outcomes is recorded, once.</summary>
internal readonly struct AttemptTelemetry(ConnectionTelemetry connection, Activity? span)
{
    /// <summary>What a later span of the attempt's session belongs to.</summary>
    public ActivityContext Context => span?.Context ?? default;

    /// <summary>The attempt knows where it goes.</summary>
    public void SetAddress(Uri address) => span?
        .SetTag("server.address", address.Host)
        .SetTag("server.port", address.Port)
        .SetTag("url.full", Redaction.Redact(address));

    public void Connected(int status)
    {
        span?.SetTag("http.response.status_code", status);
        End("connected", null);
    }

    public void Failed(LateConnectException exception)
    {
        if (exception.StatusCode is { } status)
        {
            span?.SetTag("http.response.status_code", (int)status);
        }

        End("failed", TypeOf(exception));
    }

    public void Canceled() => End("canceled", null);

    private void End(string outcome, string? error)
    {
        connection.AttemptEnded(outcome, error);
        if (span is null)
        {
            return;
        }

        span.SetTag(LateTelemetry.AttemptOutcomeTag, outcome);
        if (error is not null)
        {
            span.SetFailed(error);
        }

        Spans.End(span);
    }

    private static string TypeOf(LateConnectException exception) => exception switch
    {
        { StatusCode: { } status } => ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture),
        { TransportError: { } error } => TagValue.Of(error),
        { InnerException: { } inner } => inner.GetType().FullName!,
        _ => typeof(LateConnectException).FullName!,
    };
}
