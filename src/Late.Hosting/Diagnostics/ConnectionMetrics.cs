using System.Diagnostics.Metrics;
using Late.Hosting.Connection;

namespace Late.Hosting.Diagnostics;

/// <summary>
/// The instruments of all connections. What a connection counts anyway is read when somebody collects; what would cost
/// something is measured only while somebody listens.
/// </summary>
internal sealed class ConnectionMetrics : IDisposable
{
    private static readonly LateConnectionState[] s_states = Enum.GetValues<LateConnectionState>();

    // From OpenTelemetry's conventions for HTTP requests; and for what lasts like a connection.
    private static readonly InstrumentAdvice<double> s_short =
        new() { HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };

    private static readonly InstrumentAdvice<double> s_long =
        new() { HistogramBucketBoundaries = [1, 10, 60, 300, 900, 3600, 14400, 43200, 86400, 604800] };

    private readonly Meter? _own;
    private readonly ConnectionDirectory _directory;

    public ConnectionMetrics(IMeterFactory? factory, ConnectionDirectory directory)
    {
        _directory = directory;
        var meter = factory?.Create(new MeterOptions(LateTelemetry.MeterName)) ?? (_own = new Meter(LateTelemetry.MeterName));
        meter.CreateObservableUpDownCounter(LateTelemetry.ConnectionState, States, LateTelemetry.Units.Connection, "1 for the state that a connection is in, 0 for the others.");
        Attempts = meter.CreateCounter<long>(LateTelemetry.ConnectionAttempts, LateTelemetry.Units.Attempt, "Attempts that have ended, by outcome.");
        meter.CreateObservableCounter(
            LateTelemetry.ConnectionFrames,
            () => EachWay(static counts => counts.FramesReceived, static counts => counts.FramesSent),
            LateTelemetry.Units.Frame,
            "Messages received; messages, pings and pongs sent.");
        meter.CreateObservableCounter(
            LateTelemetry.ConnectionIO,
            () => EachWay(static counts => counts.BytesReceived, static counts => counts.BytesSent),
            LateTelemetry.Units.Byte,
            "Bytes of WebSocket frames.");
        SessionDuration = meter.CreateHistogram(LateTelemetry.SessionDuration, LateTelemetry.Units.Second, "How long sessions lasted.", tags: null, s_long);
        CallDuration = meter.CreateHistogram(LateTelemetry.CallDuration, LateTelemetry.Units.Second, "How long calls took.", tags: null, s_short);
        CallbackDuration = meter.CreateHistogram(LateTelemetry.CallbackDuration, LateTelemetry.Units.Second, "How long callbacks ran.", tags: null, s_short);
        meter.CreateObservableUpDownCounter(LateTelemetry.MailboxDepth, Depths, LateTelemetry.Units.Item, "What waits for the handler, for room or for a session.");
        PingDuration = meter.CreateHistogram(LateTelemetry.PingDuration, LateTelemetry.Units.Second, "How long pings took to be answered.", tags: null, s_short);
        meter.CreateObservableUpDownCounter(LateTelemetry.SendWaiting, Waiting, LateTelemetry.Units.Frame, "Frames that wait for the send limit.");
        SendDelay = meter.CreateHistogram(LateTelemetry.SendDelay, LateTelemetry.Units.Second, "How long frames waited for the send limit.", tags: null, s_long);
        PostsDropped = meter.CreateCounter<long>(LateTelemetry.PostsDropped, LateTelemetry.Units.Post, "Posts that were accepted, and dropped because their session ended.");
        PostsFailed = meter.CreateCounter<long>(LateTelemetry.PostsFailed, LateTelemetry.Units.Post, "Posts that were not accepted.");
    }

    public Counter<long> Attempts { get; }

    public Histogram<double> SessionDuration { get; }

    public Histogram<double> CallDuration { get; }

    public Histogram<double> CallbackDuration { get; }

    public Histogram<double> PingDuration { get; }

    public Histogram<double> SendDelay { get; }

    public Counter<long> PostsDropped { get; }

    public Counter<long> PostsFailed { get; }

    public void Dispose() => _own?.Dispose();

    private IEnumerable<Measurement<int>> States() =>
        from connection in _directory.Connections
        let current = connection.Status.Current.State
        from state in s_states
        select new Measurement<int>(state == current ? 1 : 0, NameOf(connection), new(LateTelemetry.ConnectionStateTag, TagValue.Of(state)));

    private IEnumerable<Measurement<int>> Depths() =>
        from connection in _directory.Connections
        select new Measurement<int>(connection.Statistics.MailboxDepth, NameOf(connection));

    private IEnumerable<Measurement<int>> Waiting() =>
        from connection in _directory.Connections
        select new Measurement<int>(connection.Statistics.FramesWaiting, NameOf(connection));

    private IEnumerable<Measurement<long>> EachWay(Func<ConnectionStatistics, long> received, Func<ConnectionStatistics, long> sent)
    {
        foreach (var connection in _directory.Connections)
        {
            yield return new(received(connection.Statistics), NameOf(connection), new(LateTelemetry.DirectionTag, "receive"));
            yield return new(sent(connection.Statistics), NameOf(connection), new(LateTelemetry.DirectionTag, "transmit"));
        }
    }

    private static KeyValuePair<string, object?> NameOf(ConnectionCore connection) => new(LateTelemetry.ConnectionNameTag, connection.Name);
}
