using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StreamJsonRpc;

namespace Late.Hosting.IntegrationTests;

/// <summary>A server of another library, StreamJsonRpc, over Kestrel: a call that is canceled here is canceled there.</summary>
public sealed class JsonRpcTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData(null)]
    [InlineData(1)]
    public async Task P19_a_canceled_call_is_canceled_at_the_server_and_the_next_is_replied_to(int? maxConcurrentCalls)
    {
        await using var server = await TestServer.StartAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLateConnection<JsonRpcHandler>(options =>
        {
            options.Uri = server.Uri;
            RealTime.Apply(options);
            options.MaxConcurrentCalls = maxConcurrentCalls;
        });
        using var host = builder.Build();
        await host.StartAsync(Token);
        var client = host.Services.GetRequiredService<ILateClient<JsonRpcHandler>>();
        var peer = await server.AcceptAsync();
        var target = new Worker();
        using var formatter = new SystemTextJsonFormatter();
        using var rpc = new JsonRpc(new WebSocketMessageHandler(peer.Socket, formatter), target);
        rpc.StartListening();

        using var caller = new CancellationTokenSource();
        var canceled = client.CallAsync(new Work("endless"), caller.Token);
        await target.Begun.WaitAsync(Token);
        var next = client.CallAsync(new Work("short"), Token);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        await target.Canceled.WaitAsync(Token);
        Assert.Equal("done: short", await next);

        // The server reads no close frame of ours: it is not waited for.
        await host.StopAsync(caller.Token);
    }

    private sealed class Worker
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task;

        public Task Canceled => _canceled.Task;

        public async Task<string> WorkAsync(string text, CancellationToken cancellationToken)
        {
            if (text == "endless")
            {
                await using var registration = cancellationToken.Register(_canceled.SetResult);
                _begun.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return $"done: {text}";
        }
    }
}
