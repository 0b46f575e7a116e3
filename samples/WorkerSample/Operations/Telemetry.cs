using Late.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace WorkerSample.Operations;

/// <summary>Metrics, traces and logs to a collector, where the environment names one.</summary>
internal static class Telemetry
{
    // The standard name; OTEL_EXPORTER_OTLP_PROTOCOL, OTEL_SERVICE_NAME and the others count too.
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration[Endpoint]))
        {
            return;
        }

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Environment.ApplicationName).AddEnvironmentVariableDetector())
            .WithMetrics(static metrics => metrics.AddMeter(LateTelemetry.MeterName).AddAspNetCoreInstrumentation())
            .WithTracing(static traces => traces
                .AddSource(LateTelemetry.ActivitySourceName)
                .AddAspNetCoreInstrumentation(static requests => requests.Filter = IsWorthATrace))
            .WithLogging()
            .UseOtlpExporter();
    }

    // Probes and the page's stream would be most of what one sees.
    private static bool IsWorthATrace(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health") && !context.Request.Path.StartsWithSegments("/late");
}
