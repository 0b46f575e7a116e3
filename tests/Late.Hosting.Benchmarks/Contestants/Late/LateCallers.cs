using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>Sends from many callers, each of which waits for its message to be accepted, or for its frame to be written.</summary>
internal sealed class LateCallers(int callers, LateFrame frame, bool byPost) : ITrial
{
    private readonly Callers _callers = new(callers);
    private LateHost<SendingHandler>? _host;

    public long? Done => null;

    public async Task StartAsync(ServerAddress server)
    {
        _host = await LateHost<SendingHandler>.StartAsync(server.Raw("/sink"), this);
        var client = _host.Client;
        var message = new SendOne(frame);
        _callers.Start(byPost ? () => client.PostAsync(message) : () => client.SendAsync(frame));
    }

    public async ValueTask DisposeAsync()
    {
        await _callers.DisposeAsync();
        await (_host?.DisposeAsync() ?? default);
    }
}
