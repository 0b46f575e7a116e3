namespace Late.Hosting.Testing.Tests.Support;

/// <summary>Moves to another address as the server asks, sends a goodbye, and writes down what it has handled.</summary>
public sealed class MovingHandler : LateHandler<IReadOnlyList<string>>, ILateSyncInfoHandler<IReadOnlyList<string>, LateReconnectFailed>
{
    /// <summary>Whether the close is held until the message "last".</summary>
    public bool HoldsClose { get; init; }

    /// <summary>When the next connection takes over.</summary>
    public LateSwitchWhen SwitchWhen { get; init; }

    public override IReadOnlyList<string> Init(LateContext context) => [];

    public override LateResult<IReadOnlyList<string>> HandleConnect(LateHandshake handshake, IReadOnlyList<string> state) =>
        LateResult.Ok<IReadOnlyList<string>>([.. state, $"session {handshake.Session}"]);

    public override LateResult<IReadOnlyList<string>> HandleIn(LateFrame frame, IReadOnlyList<string> state)
    {
        var text = frame.GetText();
        var result = LateResult.Ok<IReadOnlyList<string>>([.. state, text]);
        return text switch
        {
            "last" => result.ReleaseClose(),
            "move" => result.ThenReconnect(new LateReconnect
            {
                Reason = "moved",
                Uri = new Uri("wss://test.invalid/moved"),
                Order = LateReconnectOrder.ConnectFirst,
                SwitchWhen = SwitchWhen,
                CloseCode = 4001,
            }),
            _ => result,
        };
    }

    public override LateResult<IReadOnlyList<string>> HandleClosing(LateClosing closing, IReadOnlyList<string> state)
    {
        var goodbye = LateResult.Send<IReadOnlyList<string>>([.. state, $"closing: {closing.Reason}"], LateFrame.Text("bye")).CloseWith(4000, "later");
        return HoldsClose ? goodbye.HoldClose() : goodbye;
    }

    public LateResult<IReadOnlyList<string>> HandleInfo(LateReconnectFailed failed, IReadOnlyList<string> state) =>
        LateResult.Ok<IReadOnlyList<string>>([.. state, $"failed: {failed.Request.Reason}, {failed.Exception.StatusCode}"]);

    public override LateDisconnectResult<IReadOnlyList<string>> HandleDisconnect(LateDisconnect disconnect, IReadOnlyList<string> state) =>
        LateDisconnectResult.Ok<IReadOnlyList<string>>([.. state, $"ended: {disconnect.Reason}"]);
}
