using System.Diagnostics;
using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>Calls by several callers on one connection.</summary>
internal sealed class LateCalls(int callers, LateFrame frame) : ITrial
{
    private readonly Callers _callers = new(callers);
    private readonly Histogram _roundTrips = new();
    private LateHost<CallHandler>? _host;
    private long _done;

    public long? Done => Interlocked.Read(ref _done);

    public Histogram RoundTrips => _roundTrips;

    public async Task StartAsync(ServerAddress server)
    {
        _host = await LateHost<CallHandler>.StartAsync(server.Raw("/reply"), this);
        var client = _host.Client;
        var request = new Echo(frame);
        _callers.Start(async () =>
        {
            long began = Stopwatch.GetTimestamp();
            await client.CallAsync(request, CancellationToken.None);
            _roundTrips.Add(Stopwatch.GetTimestamp() - began);
            Interlocked.Increment(ref _done);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _callers.DisposeAsync();
        await (_host?.DisposeAsync() ?? default);
    }
}
