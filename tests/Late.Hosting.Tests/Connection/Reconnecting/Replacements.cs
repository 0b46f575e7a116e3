using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>Sessions that are being replaced, where the connection is made already that becomes the next one.</summary>
internal static class Replacements
{
    private static readonly LateReconnect s_connectFirst = new() { Order = LateReconnectOrder.ConnectFirst };

    public static Uri Configured { get; } = new("ws://feed.example/v2");

    public static Uri Elsewhere { get; } = new("ws://feed.example/moved");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A request without a delay: a result that closes first has the backoff otherwise.</summary>
    public static LateReconnect Moved(LateReconnectOrder order, bool finishesCalls) => new()
    {
        Reason = "moved",
        Uri = Elsewhere,
        Order = order,
        FinishCalls = finishesCalls,
        After = order == LateReconnectOrder.CloseFirst ? TimeSpan.Zero : null,
    };

    public static ScriptedHandler Asking(LateReconnect request) => new()
    {
        In = (frame, state, _) => frame.GetText() == "reconnect" ? LateResult.Reconnect(state, request) : LateResult.Ok(state),
    };

    public static (ScriptedHandler Handler, TaskCompletionSource<LateCall<string>> Kept) Keeping(ScriptedHandler handler)
    {
        var kept = new TaskCompletionSource<LateCall<string>>();
        handler.Call = (_, call, state, _) =>
        {
            kept.SetResult(call);
            return LateResult.Ok(state);
        };
        return (handler, kept);
    }

    /// <summary>A session that has sent its close frame, and the connection that is made to follow it, on which the server has spoken.</summary>
    public static async Task<(FakeSocket Old, FakeSocket Next)> ReplacedAsync(TestHost host)
    {
        var old = await host.ReadyAsync();
        old.AnswersClose = false;
        await host.Client.ReconnectAsync(s_connectFirst, Token);
        var next = await host.Transport.AcceptAsync();
        next.Send("hello");
        await old.Closed;
        return (old, next);
    }

    /// <summary>A session that waits for its call, and the connection that is made to follow it.</summary>
    public static async Task<(FakeSocket Old, FakeSocket Next, Task<string> Call)> DrainingAsync(TestHost host)
    {
        var old = await host.ReadyAsync();
        old.AnswersClose = false;
        var call = host.Client.CallAsync(new Ask("a"), Token);
        await host.Handler.SkipToAsync("Call a");

        // The time of the call and that of the wait for it end apart.
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await host.Client.ReconnectAsync(s_connectFirst with { FinishCalls = true }, Token);
        var next = await host.Transport.AcceptAsync();
        next.Send("hello");
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(5));
        return (old, next, call);
    }

    /// <summary>A session that waits for its call, and is to be replaced by a request then.</summary>
    /// <param name="host">The host.</param>
    /// <param name="kept">Done when the handler has the call.</param>
    /// <param name="request">The request.</param>
    public static async Task<(FakeSocket Session, Task<string> Call)> WaitingForCallAsync(TestHost host, Task kept, LateReconnect request)
    {
        var session = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Ask("a"), Token);
        await kept;
        await host.Client.ReconnectAsync(request, Token);
        return (session, call);
    }

    public static void End(FakeSocket old)
    {
        old.Send("a late event");
        old.Close(1000, "");
    }

    public static async Task HandledAsync(TestHost host)
    {
        await host.Handler.SkipToAsync("In a late event");
        Assert.StartsWith("Disconnect ", await host.Handler.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(["Connect", "In hello"], [await host.Handler.NextAsync(), await host.Handler.NextAsync()]);
    }

    public static async Task MovedAsync(TestHost host, FakeSocket next)
    {
        var attempt = await host.Transport.AttemptAsync();
        Assert.Equal((Elsewhere, 3), (attempt.Request.Uri, host.Transport.Count));
        attempt.Accept();
        await next.Closed;
    }
}
