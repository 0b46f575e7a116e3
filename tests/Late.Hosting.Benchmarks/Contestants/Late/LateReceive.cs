using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>Receives through <c>HandleInAsync</c>.</summary>
internal sealed class LateReceive(string target, LateCompression compression = LateCompression.Off) : ITrial
{
    private readonly Counter _counter = new();
    private LateHost<CountingHandler>? _host;

    public long? Done => _counter.Value;

    public async Task StartAsync(ServerAddress server) =>
        _host = await LateHost<CountingHandler>.StartAsync(server.Raw(target), _counter, options => options.Compression = compression);

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? default;
}
