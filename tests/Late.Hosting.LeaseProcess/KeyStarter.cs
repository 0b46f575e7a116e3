using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.LeaseProcess;

/// <summary>Starts the connections of all keys, and writes down how many are ready and how many requests the store was sent.</summary>
internal sealed class KeyStarter(ILateSupervisor<OwnerHandler> supervisor, OwnerSettings settings, Recorder recorder) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private long _requests;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == LateTelemetry.LeaseRequests)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _requests, count));
        listener.Start();
        for (var i = 1; i <= settings.Keys; i++)
        {
            var key = Text(i);
            await supervisor.StartAsync(key, options => options.Uri = new Uri($"ws://127.0.0.1:{settings.Server}/{key}"), cancellationToken: stoppingToken);
        }

        using var timer = new PeriodicTimer(s_interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            recorder.Write("keys", Text(supervisor.Connections.Values.Count(static client => client.State == LateConnectionState.Ready)), Text(Volatile.Read(ref _requests)));
        }
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
