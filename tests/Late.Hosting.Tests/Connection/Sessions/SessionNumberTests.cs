using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>The number of a session, in what its callbacks receive (design §2a).</summary>
public sealed class SessionNumberTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S2a_frames_calls_and_the_context_have_the_number_of_their_session()
    {
        var numbers = new List<(string What, long? Number)>();
        LateContext context = null!;
        var handler = new ScriptedHandler
        {
            Init = (given, _) =>
            {
                context = given;
                Note("Init", null);
                return new(0);
            },
            Connecting = (_, state, _) =>
            {
                Note("Connecting", null);
                return new(state);
            },
            Connect = (state, _) =>
            {
                Note("Connect", null);
                return LateResult.Ok(state);
            },
            In = (frame, state, _) =>
            {
                Note("In", frame.Session);
                return LateResult.Ok(state);
            },
            Call = (_, call, state, _) =>
            {
                Note("Call", call.Session);
                call.Reply("");
                return LateResult.Ok(state);
            },
            Info = (_, state, _) =>
            {
                Note("Info", null);
                return LateResult.Ok(state);
            },
            Disconnect = (disconnect, state, _) =>
            {
                Note("Disconnect", disconnect.Session);
                return LateDisconnectResult.Ok(state);
            },
            Terminate = (_, _, _) =>
            {
                Note("Terminate", null);
                return default;
            },
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        for (var session = 1; session <= 2; session++)
        {
            var socket = await host.Transport.AcceptAsync();
            await host.Client.WaitForReadyAsync(Token);
            Assert.Equal(session, socket.Handshake.Session);
            socket.Send("a");
            await handler.SkipToAsync("In a");
            await host.Client.CallAsync(new Ask("x"), Token);
            socket.Drop();
            await handler.SkipToAsync("Disconnect ConnectionLost");
            await host.WaitingUntilAsync();
            await host.Client.PostAsync(new Note("free"), new LatePostOptions { RunsWithoutSession = true }, Token);
            await handler.SkipToAsync("Info free");
            await host.NextAttemptAsync();
        }

        await host.Transport.AttemptAsync();
        await host.StopAsync(Token);

        (string, long?)[] first = [("Init", null), ("Connecting", null)];
        (string, long?)[] Session(long number) =>
        [
            ("Connect", number), ("In", number), ("In", number), ("Call", number), ("Call", number), ("Disconnect", number), ("Disconnect", number), ("Info", null), ("Connecting", null),
        ];
        Assert.Equal([.. first, .. Session(1), .. Session(2), ("Terminate", null)], numbers);

        void Note(string what, long? own)
        {
            if (own is not null)
            {
                numbers.Add((what, own));
            }

            numbers.Add((what, context.Session));
        }
    }

    [Fact]
    public async Task S2a_numbers_continue_in_a_new_life()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        host.Handler.In = (frame, state, _) => LateResult.Fault(state, $"in session {frame.Session}");
        socket.Send("a");
        await host.Handler.SkipToAsync("Terminate Faulted");
        await host.Client.ReconnectAsync("again", Token);
        socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(2, socket.Handshake.Session);
    }

    [Fact]
    public async Task S2a_a_frame_that_the_application_has_made_has_no_number_and_an_expired_one_throws()
    {
        LateFrame kept = default;
        var handler = new ScriptedHandler
        {
            In = (frame, state, _) =>
            {
                kept = frame;
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await handler.SkipToAsync("In a");
        await host.Client.CallAsync(new Ask("after it"), Token);

        Assert.Null(LateFrame.Text("x").Session);
        Assert.Null(default(LateFrame).Session);
        Assert.ThrowsAny<InvalidOperationException>(() => kept.Session);
    }
}
