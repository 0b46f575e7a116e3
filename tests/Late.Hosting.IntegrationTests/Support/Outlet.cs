using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>All that the library measures and traces while it is open, as text.</summary>
internal sealed class Outlet : IDisposable
{
    private static readonly string[] s_names = [LateTelemetry.MeterName, LateTelemetry.ActivitySourceName, "Polly"];

    private readonly ConcurrentQueue<string> _measured = new();
    private readonly ConcurrentQueue<string> _traced = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _spans;

    public Outlet()
    {
        _meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (s_names.Contains(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<int>(Note);
        _meters.SetMeasurementEventCallback<long>(Note);
        _meters.SetMeasurementEventCallback<double>(Note);
        _meters.Start();
        _spans = new ActivityListener
        {
            ShouldListenTo = static source => s_names.Contains(source.Name),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => _traced.Enqueue(
                $"{span.DisplayName} {span.StatusDescription} {Text(span.TagObjects)} {string.Join(' ', span.Events.Select(static e => $"{e.Name} {Text(e.Tags)}"))} {span.TraceStateString} {Text(span.Baggage)}"),
        };
        ActivitySource.AddActivityListener(_spans);
    }

    public IEnumerable<string> Measured => _measured;

    public IEnumerable<string> Traced => _traced;

    /// <summary>Asks the instruments that are only read on collection.</summary>
    public void Collect() => _meters.RecordObservableInstruments();

    public void Dispose()
    {
        _meters.Dispose();
        _spans.Dispose();
    }

    private static string Text<T>(IEnumerable<KeyValuePair<string, T>> tags) => string.Join(' ', tags.Select(static tag => $"{tag.Key}={tag.Value}"));

    private void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        where T : struct => _measured.Enqueue($"{instrument.Name} {value} {Text(tags.ToArray())}");
}
