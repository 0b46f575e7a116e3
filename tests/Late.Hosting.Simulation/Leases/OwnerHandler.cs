namespace Late.Hosting.Simulation.Leases;

/// <summary>Sends by itself, answers messages, and sends a goodbye; some callbacks take their time.</summary>
internal sealed class OwnerHandler(OwnerHost host, ILateClient<OwnerHandler> self) : ILateHandler<int>, ILateInfoHandler<int, int>
{
    public async ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken)
    {
        host.BeginLife();
        await host.RunAsync("Init", cancellationToken, host.Moments.OnInit(host));
        return 0;
    }

    public async ValueTask<int> HandleConnectingAsync(LateHandshakeContext handshake, int state, CancellationToken cancellationToken)
    {
        await host.RunAsync("HandleConnecting", cancellationToken);
        return state;
    }

    public async ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken)
    {
        await host.RunAsync("HandleConnect", cancellationToken);
        self.PostAfter(host.Handling.Beat, 1);
        return LateResult.Send(state, LateFrame.Text("hello"));
    }

    public async ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
    {
        var text = frame.GetText();
        await host.RunAsync("HandleIn", cancellationToken);
        return text switch
        {
            OwnerSession.FaultMessage => LateResult.Fault(state, "The server wants it."),
            "throw" => throw new InvalidOperationException("The server wants it."),
            _ => LateResult.Send(state, LateFrame.Text("answer")),
        };
    }

    public async ValueTask<LateResult<int>> HandleInfoAsync(int message, int state, CancellationToken cancellationToken)
    {
        await host.RunAsync("HandleInfo", cancellationToken);
        if (message == 1)
        {
            self.PostAfter(host.Handling.Beat, 1);
        }

        return LateResult.Send(state + 1, LateFrame.Text("beat"));
    }

    public async ValueTask<LateResult<int>> HandleClosingAsync(LateClosing closing, int state, CancellationToken cancellationToken)
    {
        host.Moments.OnClosing(host);
        await host.RunAsync("HandleClosing", cancellationToken);
        return LateResult.Send(state, LateFrame.Text("bye"));
    }

    public async ValueTask<LateDisconnectResult<int>> HandleDisconnectAsync(LateDisconnect disconnect, int state, CancellationToken cancellationToken)
    {
        await host.RunAsync("HandleDisconnect", cancellationToken);
        return host.Moments.OnDisconnect() ? LateDisconnectResult.Fault(state, "The session has ended.") : LateDisconnectResult.Ok(state);
    }

    public async ValueTask HandleTerminateAsync(LateTerminateReason reason, int state, CancellationToken cancellationToken)
    {
        await host.RunAsync("HandleTerminate", cancellationToken);
        host.EndLife(reason);
    }
}
