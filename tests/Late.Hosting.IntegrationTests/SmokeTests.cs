using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.IntegrationTests;

public sealed record Echo(string Text) : ILateRequest<Echo, string>;

public sealed record Poke(string Text);

public sealed class EchoHandler : ILateHandler<int>, ILateCallHandler<int, Echo, string>, ILateInfoHandler<int, Poke>
{
    private readonly Queue<LateCall<string>> _calls = new();

    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

    public ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken) =>
        LateResult.Send(state, LateFrame.Text("hello"));

    public ValueTask<LateResult<int>> HandleCallAsync(Echo request, LateCall<string> call, int state, CancellationToken cancellationToken)
    {
        _calls.Enqueue(call);
        return LateResult.Send(state, LateFrame.Text(request.Text));
    }

    public ValueTask<LateResult<int>> HandleInfoAsync(Poke message, int state, CancellationToken cancellationToken) =>
        LateResult.Send(state, LateFrame.Text(message.Text));

    public ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
    {
        _calls.Dequeue().Reply(frame.GetText());
        return LateResult.Ok(state + 1);
    }
}

public sealed class SmokeTests
{
    [Fact]
    public async Task A_call_goes_to_the_server_and_comes_back_and_survives_a_drop()
    {
        await using var server = await TestServer.StartAsync();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddLateConnection<EchoHandler>(o => o.Uri = server.Uri);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var client = host.Services.GetRequiredService<ILateClient<EchoHandler>>();
        var peer = await server.AcceptAsync();
        Assert.Equal("hello", await peer.ReceiveAsync());
        await client.WaitForReadyAsync(TestContext.Current.CancellationToken);

        var call = client.CallAsync(new Echo("one"), TestContext.Current.CancellationToken);
        Assert.Equal("one", await peer.ReceiveAsync());
        await peer.SendAsync("ONE");
        Assert.Equal("ONE", await call);

        call = client.CallAsync(new Echo("two"), TestContext.Current.CancellationToken);
        Assert.Equal("two", await peer.ReceiveAsync());
        peer.Drop();
        var error = await Assert.ThrowsAsync<LateDisconnectedException>(() => call);
        Assert.Equal(LateDelivery.Unknown, error.Delivery);

        var waiting = client.PostAsync(new Poke("three"), TestContext.Current.CancellationToken);
        peer = await server.AcceptAsync();
        await waiting;
        Assert.Equal("hello", await peer.ReceiveAsync());
        Assert.Equal("three", await peer.ReceiveAsync());
        var stop = host.StopAsync(TestContext.Current.CancellationToken);
        await peer.AnswerCloseAsync();
        await stop;
        Assert.Equal(LateConnectionState.Stopped, client.State);
    }
}
