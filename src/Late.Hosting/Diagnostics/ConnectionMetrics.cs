using System.Diagnostics.Metrics;
using Late.Hosting.Budgets;
using Late.Hosting.Observability;

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
    private readonly Lazy<ConnectBudget[]> _budgets;

    public ConnectionMetrics(IMeterFactory? factory, ConnectionDirectory directory, Lazy<ConnectBudget[]> budgets)
    {
        (_directory, _budgets) = (directory, budgets);
        var meter = factory?.Create(new MeterOptions(LateTelemetry.MeterName)) ?? (_own = new Meter(LateTelemetry.MeterName));
        meter.CreateObservableUpDownCounter(LateTelemetry.ConnectionState, States, LateTelemetry.Units.Connection, "How many connections are in each state.");
        Attempts = meter.CreateCounter<long>(LateTelemetry.ConnectionAttempts, LateTelemetry.Units.Attempt, "Attempts that have ended, by outcome.");
        meter.CreateObservableCounter(
            LateTelemetry.ConnectionFrames,
            () => EachWay(static traffic => traffic.FramesReceived, static traffic => traffic.FramesSent),
            LateTelemetry.Units.Frame,
            "Messages received; messages, pings and pongs sent.");
        meter.CreateObservableCounter(
            LateTelemetry.ConnectionIO,
            () => EachWay(static traffic => traffic.BytesReceived, static traffic => traffic.BytesSent),
            LateTelemetry.Units.Byte,
            "Bytes of WebSocket frames.");
        SessionDuration = meter.CreateHistogram(LateTelemetry.SessionDuration, LateTelemetry.Units.Second, "How long sessions lasted.", tags: null, s_long);
        CallDuration = meter.CreateHistogram(LateTelemetry.CallDuration, LateTelemetry.Units.Second, "How long calls took.", tags: null, s_short);
        CallbackDuration = meter.CreateHistogram(LateTelemetry.CallbackDuration, LateTelemetry.Units.Second, "How long callbacks ran.", tags: null, s_short);
        meter.CreateObservableUpDownCounter(LateTelemetry.MailboxDepth, () => Sums(static counts => counts.MailboxDepth), LateTelemetry.Units.Item, "What waits for the handler, for room or for a session.");
        PingDuration = meter.CreateHistogram(LateTelemetry.PingDuration, LateTelemetry.Units.Second, "How long pings took to be answered.", tags: null, s_short);
        meter.CreateObservableUpDownCounter(LateTelemetry.SendWaiting, () => Sums(static counts => counts.FramesWaiting), LateTelemetry.Units.Frame, "Frames that wait for the send limit.");
        SendDelay = meter.CreateHistogram(LateTelemetry.SendDelay, LateTelemetry.Units.Second, "How long frames waited for the send limit.", tags: null, s_long);
        PostsDropped = meter.CreateCounter<long>(LateTelemetry.PostsDropped, LateTelemetry.Units.Post, "Posts that were accepted, and dropped because their session ended.");
        PostsFailed = meter.CreateCounter<long>(LateTelemetry.PostsFailed, LateTelemetry.Units.Post, "Posts that were not accepted.");
        meter.CreateObservableUpDownCounter(LateTelemetry.BudgetWaiting, () => EachBudget(static budget => budget.Waiting), LateTelemetry.Units.Attempt, "Attempts that wait for their turn.");
        meter.CreateObservableCounter(LateTelemetry.BudgetPauses, () => EachBudget(static budget => budget.Pauses), LateTelemetry.Units.Pause, "How often a server has made all connections of a budget wait.");
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
        from measured in Groups()
        let states = measured.Connections.CountBy(static connection => connection.Status.Current.State).ToDictionary()
        from state in s_states
        select new Measurement<int>(states.GetValueOrDefault(state), NameOf(measured), new(LateTelemetry.ConnectionStateTag, TagValue.Of(state)));

    private IEnumerable<Measurement<int>> Sums(Func<ConnectionStatistics, int> count) =>
        from measured in Groups()
        select new Measurement<int>(measured.Connections.Sum(connection => count(connection.Statistics)), NameOf(measured));

    private IEnumerable<Measurement<long>> EachWay(Func<Traffic, long> received, Func<Traffic, long> sent)
    {
        foreach (var measured in Groups())
        {
            var traffic = measured.Traffic();
            yield return new(received(traffic), NameOf(measured), new(LateTelemetry.DirectionTag, "receive"));
            yield return new(sent(traffic), NameOf(measured), new(LateTelemetry.DirectionTag, "transmit"));
        }
    }

    private IEnumerable<Measurement<long>> EachBudget(Func<ConnectBudget, long> value) =>
        from budget in Budgets()
        select new Measurement<long>(value(budget), new KeyValuePair<string, object?>(LateTelemetry.BudgetNameTag, budget.Name));

    private IReadOnlyList<MeasuredGroup> Groups() => OrNone(() => MeasuredGroup.All(_directory));

    private IReadOnlyList<ConnectBudget> Budgets() => OrNone(() => _budgets.Value);

    // An exporter may collect for the first time while the host's services are being disposed.
    private static IReadOnlyList<T> OrNone<T>(Func<IEnumerable<T>> find)
    {
        try
        {
            return [.. find()];
        }
        catch (ObjectDisposedException)
        {
            return [];
        }
    }

    private static KeyValuePair<string, object?> NameOf(MeasuredGroup group) => new(LateTelemetry.ConnectionNameTag, group.Name);
}
