using System.Diagnostics.Metrics;

namespace Late.Hosting.Diagnostics;

/// <summary>The instruments that connections write to. Expensive ones are measured only while a listener is enabled.</summary>
internal sealed class ConnectionMetrics : IDisposable
{
    // From OpenTelemetry's conventions for HTTP requests; and for what lasts like a connection.
    private static readonly InstrumentAdvice<double> s_short =
        new() { HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };

    private static readonly InstrumentAdvice<double> s_long =
        new() { HistogramBucketBoundaries = [1, 10, 60, 300, 900, 3600, 14400, 43200, 86400, 604800] };

    private readonly Meter? _own;

    public ConnectionMetrics(IMeterFactory? factory)
    {
        Meter = factory?.Create(new MeterOptions(LateTelemetry.MeterName)) ?? (_own = new Meter(LateTelemetry.MeterName));
        Attempts = Meter.CreateCounter<long>(LateTelemetry.ConnectionAttempts, LateTelemetry.Units.Attempt, "Attempts that have ended, by outcome.");
        Lives = Meter.CreateCounter<long>(LateTelemetry.ConnectionLives, LateTelemetry.Units.Life, "Lives that have begun.");
        SessionDuration = Meter.CreateHistogram(LateTelemetry.SessionDuration, LateTelemetry.Units.Second, "How long sessions lasted.", tags: null, s_long);
        CallDuration = Meter.CreateHistogram(LateTelemetry.CallDuration, LateTelemetry.Units.Second, "How long calls took.", tags: null, s_short);
        CallQueueDuration = Meter.CreateHistogram(LateTelemetry.CallQueueDuration, LateTelemetry.Units.Second, "How long calls waited until the handler received them, or ended before that.", tags: null, s_short);
        CallbackDuration = Meter.CreateHistogram(LateTelemetry.CallbackDuration, LateTelemetry.Units.Second, "How long callbacks ran.", tags: null, s_short);
        PingDuration = Meter.CreateHistogram(LateTelemetry.PingDuration, LateTelemetry.Units.Second, "How long pings took to be answered.", tags: null, s_short);
        SendDelay = Meter.CreateHistogram(LateTelemetry.SendDelay, LateTelemetry.Units.Second, "How long frames waited for the send limit.", tags: null, s_long);
        PostsDropped = Meter.CreateCounter<long>(LateTelemetry.PostsDropped, LateTelemetry.Units.Post, "Posts that were accepted, and dropped because their session ended.");
        GoodbyesCut = Meter.CreateCounter<long>(LateTelemetry.GoodbyesCut, LateTelemetry.Units.Goodbye, "Goodbyes before a close that time or a blocked socket cut short.");
        SwitchesRefused = Meter.CreateCounter<long>(LateTelemetry.SwitchesRefused, LateTelemetry.Units.Switch, "Connections that were to replace an open session, and failed.");
        LeaseRequests = Meter.CreateCounter<long>(LateTelemetry.LeaseRequests, LateTelemetry.Units.Request, "Requests to the store of leases, by what was asked and the outcome.");
        PostsFailed = Meter.CreateCounter<long>(LateTelemetry.PostsFailed, LateTelemetry.Units.Post, "Posts that were not accepted.");
    }

    /// <summary>The meter of all instruments.</summary>
    public Meter Meter { get; }

    public Counter<long> Attempts { get; }

    public Counter<long> Lives { get; }

    public Histogram<double> SessionDuration { get; }

    public Histogram<double> CallDuration { get; }

    public Histogram<double> CallQueueDuration { get; }

    public Histogram<double> CallbackDuration { get; }

    public Histogram<double> PingDuration { get; }

    public Histogram<double> SendDelay { get; }

    public Counter<long> PostsDropped { get; }

    public Counter<long> PostsFailed { get; }

    public Counter<long> LeaseRequests { get; }

    public Counter<long> GoodbyesCut { get; }

    public Counter<long> SwitchesRefused { get; }

    public void Dispose() => _own?.Dispose();
}
