using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Collects all metrics of connections once a second, as an application does that exports them.</summary>
internal static class MetricsListener
{
    public static IDisposable Start() => Sdk.CreateMeterProviderBuilder()
        .AddMeter(LateTelemetry.MeterName)
        .AddReader(new PeriodicExportingMetricReader(new Nowhere(), exportIntervalMilliseconds: 1000))
        .Build();

    private sealed class Nowhere : BaseExporter<OpenTelemetry.Metrics.Metric>
    {
        public override ExportResult Export(in Batch<OpenTelemetry.Metrics.Metric> batch) => ExportResult.Success;
    }
}
