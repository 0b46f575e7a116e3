using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>Sends from one handler, burst after burst.</summary>
internal sealed class LateBursts(string target, List<LateFrame> frames, LateCompression compression = LateCompression.Off) : ITrial
{
    private readonly Burst _burst = new(frames);
    private LateHost<BurstHandler>? _host;

    public long? Done => null;

    public async Task StartAsync(ServerAddress server)
    {
        _host = await LateHost<BurstHandler>.StartAsync(server.Raw(target), _burst, options => options.Compression = compression);
        await _host.Client.PostAsync(_burst);
    }

    public async ValueTask DisposeAsync()
    {
        _burst.Stop();
        await (_host?.DisposeAsync() ?? default);
    }
}
