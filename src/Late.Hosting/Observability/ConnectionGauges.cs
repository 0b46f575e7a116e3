using System.Diagnostics.Metrics;
using Late.Hosting.Budgets;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Observability;

/// <summary>The instruments that read what connections and budgets count anyway, when they are collected.</summary>
internal sealed class ConnectionGauges(ConnectionDirectory directory, Func<IEnumerable<ConnectBudget>> budgets)
{
    private static readonly LateConnectionState[] s_states = Enum.GetValues<LateConnectionState>();

    /// <summary>Adds the instruments to the meter of all others.</summary>
    public void AddTo(Meter meter)
    {
        meter.CreateObservableUpDownCounter(LateTelemetry.ConnectionState, States, LateTelemetry.Units.Connection, "How many connections are in each state.");
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
        meter.CreateObservableUpDownCounter(LateTelemetry.MailboxDepth, () => Sums(static connection => connection.MailboxDepth), LateTelemetry.Units.Item, "What waits for the handler, for room or for a session.");
        meter.CreateObservableUpDownCounter(LateTelemetry.SendWaiting, () => Sums(static connection => connection.FramesWaiting), LateTelemetry.Units.Frame, "Frames that wait for the send limit.");
        meter.CreateObservableUpDownCounter(LateTelemetry.TopicCount, () => Sums(static connection => connection.Topics.Topics), LateTelemetry.Units.Topic, "Topics that have a reader.");
        meter.CreateObservableUpDownCounter(LateTelemetry.TopicReaderCount, () => Sums(static connection => connection.Topics.Readers), LateTelemetry.Units.Reader, "Readers of topics.");
        meter.CreateObservableUpDownCounter(LateTelemetry.TopicDepth, () => Sums(static connection => (int)connection.Topics.Unread), LateTelemetry.Units.Item, "Items that the slowest reader of each topic has not read.");
        meter.CreateObservableCounter(LateTelemetry.TopicDropped, Dropped, LateTelemetry.Units.Item, "Items that readers have lost, because they were slower than their topic.");
        meter.CreateObservableUpDownCounter(LateTelemetry.BudgetWaiting, () => EachBudget(static budget => budget.Waiting), LateTelemetry.Units.Attempt, "Attempts that wait for a permit.");
        meter.CreateObservableCounter(LateTelemetry.BudgetPauses, () => EachBudget(static budget => budget.Pauses), LateTelemetry.Units.Pause, "How often a server has made all connections of a budget wait.");
    }

    private IEnumerable<Measurement<int>> States() =>
        from measured in Groups()
        let states = measured.Connections.CountBy(static connection => connection.Status.State).ToDictionary()
        from state in s_states
        select new Measurement<int>(states.GetValueOrDefault(state), NameOf(measured), new(LateTelemetry.ConnectionStateTag, TagValue.Of(state)));

    private IEnumerable<Measurement<int>> Sums(Func<DirectoryEntry, int> count) =>
        from measured in Groups()
        select new Measurement<int>(measured.Connections.Sum(count), NameOf(measured));

    private IEnumerable<Measurement<long>> Dropped() =>
        from measured in Groups()
        select new Measurement<long>(measured.Traffic().ItemsDropped, NameOf(measured));

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
        from budget in OrNone(budgets)
        select new Measurement<long>(value(budget), new KeyValuePair<string, object?>(LateTelemetry.BudgetNameTag, budget.Name));

    private IReadOnlyList<MeasuredGroup> Groups() => OrNone(() => MeasuredGroup.All(directory));

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
