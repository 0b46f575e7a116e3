using Late.Hosting.Tests.Connection.Sessions;
using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Reconnecting.Replacements;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>
/// A request that comes while a session has not come to an earlier one, which was put off to it (design §2a): it comes in the place of that, and keeps
/// its address where it has none itself.
/// </summary>
public sealed class RequestInPlaceOfAnotherTests
{
    private static readonly LateReconnect s_connectFirst = new() { Order = LateReconnectOrder.ConnectFirst };
    private static readonly Uri s_third = new("ws://feed.example/third");

    private readonly TaskCompletionSource _connecting = new();
    private readonly TaskCompletionSource _connected = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LateReconnectOrder.CloseFirst, false, true)]
    [InlineData(LateReconnectOrder.CloseFirst, true, true)]
    [InlineData(LateReconnectOrder.ConnectFirst, false, true)]
    [InlineData(LateReconnectOrder.CloseFirst, false, false)]
    [InlineData(LateReconnectOrder.CloseFirst, true, false)]
    [InlineData(LateReconnectOrder.ConnectFirst, false, false)]
    public async Task S2a_the_session_is_replaced_at_the_address_of_the_later_one(LateReconnectOrder earlier, bool finishesCalls, bool isByClient)
    {
        var later = s_connectFirst with { Uri = s_third };
        await using var host = new TestHost(Holding(isByClient ? null : later));
        var next = await ConnectingAsync(host, () => host.Client.ReconnectAsync(Moved(earlier, finishesCalls), Token));

        await RequestAsync(host, isByClient ? later : null);

        await ReplacedAtAsync(host, next, s_third);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S2a_the_address_of_the_earlier_one_is_kept_where_the_later_one_has_none(bool isByClient)
    {
        await using var host = new TestHost(Holding(isByClient ? null : s_connectFirst));
        var next = await ConnectingAsync(host, () => host.Client.ReconnectAsync(Moved(LateReconnectOrder.CloseFirst, finishesCalls: false), Token));

        await RequestAsync(host, isByClient ? s_connectFirst : null);

        await ReplacedAtAsync(host, next, Elsewhere);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S2a_options_that_were_to_end_the_session_end_it_also_where_the_later_one_is_refused(bool isByClient)
    {
        var later = s_connectFirst with { Uri = new Uri("ws://one.example/third"), CloseCode = 4000 };
        var handler = Holding(isByClient ? null : later);
        handler.Closing = static (_, state, _) => LateResult.Send(state, LateFrame.Text("bye"));
        await using var host = new TestHost(handler, settings: Closes.Settings());
        var next = await ConnectingAsync(host, () => Closes.CloseAsync(host, "reload"));

        await RequestAsync(host, isByClient ? later : null);
        (await host.Transport.AttemptAsync()).Refuse();

        Assert.Equal("bye", await next.SentAsync());
        Assert.Equal(1000, (await next.Closed).Code);
        await handler.SkipToAsync("Disconnect ReconnectRequested");
        Assert.Equal(new Uri("ws://two.example/"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    /// <summary>A handler that holds the second session in <c>HandleConnect</c>, and then requests another, where it does.</summary>
    private ScriptedHandler Holding(LateReconnect? request)
    {
        var sessions = 0;
        return new ScriptedHandler
        {
            Connect = async (state, _) =>
            {
                if (++sessions != 2)
                {
                    return LateResult.Ok(state);
                }

                _connecting.SetResult();
                await _connected.Task;
                return request is null ? LateResult.Ok(state) : LateResult.Reconnect(state, request);
            },
        };
    }

    /// <summary>A session in <c>HandleConnect</c>, which has not come to what was requested when its connection was made already.</summary>
    private async Task<FakeSocket> ConnectingAsync(TestHost host, Func<Task> request)
    {
        var (old, next) = await ReplacedAsync(host);
        await request();
        End(old);
        await _connecting.Task;
        return next;
    }

    private async Task RequestAsync(TestHost host, LateReconnect? request)
    {
        if (request is not null)
        {
            await host.Client.ReconnectAsync(request, Token);
        }

        _connected.SetResult();
    }

    /// <summary>The next connection is made first, and there is no other.</summary>
    private static async Task ReplacedAtAsync(TestHost host, FakeSocket session, Uri address)
    {
        var attempt = await host.Transport.AttemptAsync();
        Assert.False(session.Closed.IsCompleted);
        Assert.Equal(address, attempt.Request.Uri);
        attempt.Accept();
        await session.Closed;
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal(3, host.Transport.Count);
    }
}
