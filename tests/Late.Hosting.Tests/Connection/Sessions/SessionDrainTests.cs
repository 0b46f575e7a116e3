using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>A session that closes when the calls that its handler has are replied to.</summary>
public sealed class SessionDrainTests
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(7);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory] // A frame waits for the handler whenever another is handled, so that the session is never idle.
    [InlineData(LateReconnectOrder.CloseFirst)]
    [InlineData(LateReconnectOrder.ConnectFirst)]
    public async Task P16_frames_that_keep_coming_do_not_delay_the_close_after_the_last_call(LateReconnectOrder order)
    {
        const int MostFrames = 100;
        var (handler, kept) = Keeping();
        using var delivered = new SemaphoreSlim(0);
        var isDraining = new TaskCompletionSource();
        FakeSocket old = null!;
        var handled = 0;
        handler.In = async (frame, state, _) =>
        {
            if (frame.GetText() == "first")
            {
                // The read that has brought it.
                await delivered.WaitAsync(Token);
            }

            if (isDraining.Task.IsCompleted && ++handled == 1)
            {
                (await kept.Task).Reply("done");
            }

            if (handled < MostFrames && !old.Closed.IsCompleted)
            {
                old.Send("more");
                await Task.WhenAny(delivered.WaitAsync(Token), old.Closed);
            }

            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler, options => Rotate(options, order));
        old = await host.ReadyAsync();
        await old.Reading;
        old.BeforeRead = () => delivered.Release();
        host.Time.Advance(s_day - TimeSpan.FromSeconds(1));
        var call = host.Client.CallAsync(new Ask("a"), Token);
        await kept.Task;
        old.Send("first");
        host.Time.Advance(TimeSpan.FromSeconds(1));
        if (order == LateReconnectOrder.ConnectFirst)
        {
            await host.Transport.AcceptAsync();
        }

        await host.Time.TimerAsync(host.Time.GetUtcNow() + s_callTimeout);
        isDraining.SetResult();

        Assert.Equal("done", await call);
        Assert.Equal(1000, (await old.Closed).Code);
        Assert.InRange(handled, 1, 5);
    }

    [Fact] // Three reads wait when the last call ends, and the last of their frames posts.
    public async Task What_was_received_before_the_last_call_ended_is_handled_before_the_close()
    {
        var (handler, kept) = Keeping();
        var first = new TaskCompletionSource();
        handler.In = async (frame, state, _) =>
        {
            if (frame.GetText() == "first")
            {
                await first.Task;
            }
            else if (frame.GetText() == "d")
            {
                await handler.Client.PostAsync(new Note("posted"), Token);
            }

            return LateResult.Ok(state);
        };
        using var delivered = new SemaphoreSlim(0);
        await using var host = new TestHost(handler, static options => Rotate(options, LateReconnectOrder.CloseFirst));
        var old = await host.ReadyAsync();
        await old.Reading;
        old.BeforeRead = () => delivered.Release();
        host.Time.Advance(s_day - TimeSpan.FromSeconds(1));
        var call = host.Client.CallAsync(new Ask("a"), Token);
        old.Send("first");
        await handler.SkipToAsync("In first");
        foreach (var read in (string[][])[["a", "b"], ["c"], ["d"]])
        {
            old.Send(read);
        }

        for (var read = 0; read < 4; read++)
        {
            await delivered.WaitAsync(Token);
        }

        host.Time.Advance(TimeSpan.FromSeconds(1));
        (await kept.Task).Reply("done");
        first.SetResult();

        Assert.Equal("done", await call);
        await old.Closed;
        await handler.SkipToAsync("In a");
        Assert.Equal(["In b", "In c", "In d", "Info posted"], await BeforeDisconnectAsync(handler));
    }

    [Fact] // The call is taken behind the first frame, and ends during the second; two reads wait then.
    public async Task A_call_that_waits_in_the_mailbox_when_the_drain_begins_does_not_shorten_what_is_handled()
    {
        var (handler, kept) = Keeping();
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        handler.In = async (frame, state, _) =>
        {
            await (frame.GetText() switch
            {
                "first" => first.Task,
                "second" => second.Task,
                _ => Task.CompletedTask,
            });
            return LateResult.Ok(state);
        };
        using var delivered = new SemaphoreSlim(0);
        await using var host = new TestHost(handler, static options => Rotate(options, LateReconnectOrder.CloseFirst));
        var old = await host.ReadyAsync();
        await old.Reading;
        old.BeforeRead = () => delivered.Release();
        old.Send("first");
        await delivered.WaitAsync(Token);
        await handler.SkipToAsync("In first");
        host.Time.Advance(s_day - TimeSpan.FromSeconds(1));
        var call = host.Client.CallAsync(new Ask("a"), Token);
        old.Send("second");
        await delivered.WaitAsync(Token);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        first.SetResult();
        await handler.SkipToAsync("In second");
        foreach (var read in (string[])["a", "b", "c"])
        {
            old.Send(read);
            await delivered.WaitAsync(Token);
        }

        (await kept.Task).Reply("done");
        second.SetResult();

        Assert.Equal("done", await call);
        await old.Closed;
        Assert.Equal(["In a", "In b", "In c"], await BeforeDisconnectAsync(handler));
    }

    /// <summary>The callbacks that begin before <c>HandleDisconnect</c>.</summary>
    private static async Task<List<string>> BeforeDisconnectAsync(ScriptedHandler handler)
    {
        var trace = new List<string>();
        while (await handler.NextAsync() is var callback && callback != "Disconnect Rotated")
        {
            trace.Add(callback);
        }

        return trace;
    }

    private static (ScriptedHandler Handler, TaskCompletionSource<LateCall<string>> Kept) Keeping()
    {
        var kept = new TaskCompletionSource<LateCall<string>>();
        var handler = new ScriptedHandler
        {
            Call = (_, call, state, _) =>
            {
                kept.SetResult(call);
                return LateResult.Ok(state);
            },
        };
        return (handler, kept);
    }

    private static void Rotate(LateConnectionOptions options, LateReconnectOrder order)
    {
        (options.Rotation.MaxSessionLifetime, options.Rotation.Jitter, options.Rotation.Order) = (s_day, TimeSpan.Zero, order);
        options.CallTimeout = s_callTimeout;
        options.AllowSilence();
    }
}
