using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Listens to all metrics of connections: by itself, which shows what the library adds, or with OpenTelemetry, as applications do.</summary>
internal static class MetricsListener
{
    public static IDisposable? Start(string? kind) => kind switch
    {
        null => null,
        "meter" => StartMeter(),
        "otel" => Sdk.CreateMeterProviderBuilder()
            .AddMeter(LateTelemetry.MeterName)
            .AddReader(new PeriodicExportingMetricReader(new Nowhere(), exportIntervalMilliseconds: 1000))
            .Build(),
        _ => throw new ArgumentException($"--listen is meter or otel, not {kind}."),
    };

    private static MeterListener StartMeter()
    {
        var sum = 0.0;
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == LateTelemetry.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => sum += value);
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => sum += value);
        listener.Start();
        return listener;
    }

    private sealed class Nowhere : BaseExporter<OpenTelemetry.Metrics.Metric>
    {
        public override ExportResult Export(in Batch<OpenTelemetry.Metrics.Metric> batch) => ExportResult.Success;
    }
}
