using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Late.Hosting.Locking;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Support;

/// <summary>Listens to the instruments of one host, and writes down what they measure: <c>value tag=value …</c>.</summary>
internal sealed class MetricProbe : IDisposable
{
    private readonly ConcurrentQueue<(string Instrument, string Text)> _measured = new();
    private readonly ConcurrentBag<Instrument> _instruments = [];
    private readonly MeterListener _listener = new();

    public MetricProbe(TestHost host, params string[] only)
        : this(host.Services, only)
    {
    }

    public MetricProbe(IServiceProvider services, params string[] only)
    {
        var scope = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == LateTelemetry.MeterName && instrument.Meter.Scope == scope)
            {
                _instruments.Add(instrument);
                if (only.Length == 0 || only.Contains(instrument.Name))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            }
        };
        _listener.SetMeasurementEventCallback<int>(Note);
        _listener.SetMeasurementEventCallback<long>(Note);
        _listener.SetMeasurementEventCallback<double>(Note);
        _listener.Start();
    }

    public IReadOnlyCollection<Instrument> Instruments => _instruments;

    /// <summary>Everything that was measured, as text.</summary>
    public IEnumerable<string> All => _measured.Select(static measured => $"{measured.Instrument} {measured.Text}");

    /// <summary>What an instrument has measured, without the connection's name.</summary>
    public IEnumerable<string> Of(string instrument) =>
        from measured in _measured
        where measured.Instrument == instrument
        select measured.Text.Replace($" {LateTelemetry.ConnectionNameTag}=Forwarding", "", StringComparison.Ordinal);

    /// <summary>Asks the instruments that are only read on collection.</summary>
    public void Collect() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        where T : struct
    {
        // A listener may record in its own way, and use the connection.
        Gate.AssertNoneIsHeld();
        var text = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value}");
        foreach (var (name, tag) in tags)
        {
            text += $" {name}={tag}";
        }

        _measured.Enqueue((instrument.Name, text));
    }
}
