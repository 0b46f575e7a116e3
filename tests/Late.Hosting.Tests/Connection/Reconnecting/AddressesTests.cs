using System.Net;
using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.RestartingHosts;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>Which of several addresses an attempt takes (promise P10).</summary>
public sealed class AddressesTests
{
    private const string First = "ws://feed.example/v2";
    private const string Second = "ws://second.example/";
    private const string Third = "ws://third.example/";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P10_attempts_take_Uri_and_then_Uris_and_each_of_them_once()
    {
        await using var host = new TestHost(configure: AddMore(Second, First, Third));
        await host.StartAsync();
        var addresses = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var attempt = await host.Transport.AttemptAsync();
            addresses.Add(attempt.Request.Uri!.ToString());
            attempt.Refuse();
            await host.NextAttemptAsync();
        }

        Assert.Equal([First, Second, Third, First], addresses);
    }

    [Fact]
    public async Task P10_Uris_need_no_Uri()
    {
        await using var host = new TestHost(configure: static options =>
        {
            options.Uri = null;
            options.Uris.Add(new Uri(Second));
        });
        await host.StartAsync();

        Assert.Equal(Second, await AddressAsync(host));
    }

    [Fact]
    public async Task P10_after_a_loss_the_address_of_the_last_ready_session_comes_first()
    {
        await using var host = new TestHost(configure: AddMore(Second));
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse();
        await host.NextAttemptAsync();
        var attempt = await host.Transport.AttemptAsync();
        Assert.Equal(Second, attempt.Request.Uri!.ToString());
        var socket = attempt.Accept();
        await host.Client.WaitForReadyAsync(Token);
        socket.Drop();
        await host.NextAttemptAsync();
        Assert.Equal(Second, await AddressAsync(host));
        await host.NextAttemptAsync();
        Assert.Equal(First, await AddressAsync(host));
    }

    [Fact]
    public async Task P10_a_session_that_was_never_ready_moves_on_to_the_next_address()
    {
        var handler = new ScriptedHandler { Connect = static (state, _) => LateResult.Ok(state).HoldCalls() };
        await using var host = new TestHost(handler, AddMore(Second));
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        await handler.SkipToAsync("Connect");
        socket.Drop();
        await host.NextAttemptAsync();

        Assert.Equal(Second, await AddressAsync(host));
    }

    [Fact]
    public async Task P10_a_new_session_that_was_requested_keeps_the_address()
    {
        await using var host = new TestHost(configure: AddMore(Second));
        await host.ReadyAsync();
        await host.Client.ReconnectAsync("again", Token);

        Assert.Equal(First, await AddressAsync(host));
    }

    [Fact]
    public async Task P10_what_ConfigureHandshake_connects_to_instead_does_not_move_on()
    {
        string? other = Third;
        await using var host = new TestHost(configure: AddMore(Second), build: connection => connection.ConfigureHandshake((handshake, _) =>
        {
            handshake.Uri = other is null ? handshake.Uri : new Uri(other);
            return default;
        }));
        await host.StartAsync();
        Assert.Equal(Third, await AddressAsync(host));
        other = null;
        await host.NextAttemptAsync();

        Assert.Equal(First, await AddressAsync(host));
    }

    [Theory] // A token or a sequence number in the query is the same address.
    [InlineData(true)]
    [InlineData(false)]
    public async Task P10_an_address_to_which_a_hook_or_the_handler_adds_a_query_moves_on_as_without_it(bool isHook)
    {
        var handler = new ScriptedHandler
        {
            Connecting = (handshake, state, _) =>
            {
                if (!isHook)
                {
                    AddQuery(handshake);
                }

                return new(state);
            },
        };
        await using var host = new TestHost(handler, AddMore(Second), build: connection => connection.ConfigureHandshake((handshake, _) =>
        {
            if (isHook)
            {
                AddQuery(handshake);
            }

            return default;
        }));
        await host.StartAsync();
        Assert.Equal($"{First}?token=1", await AddressAsync(host));
        await host.NextAttemptAsync();
        var attempt = await host.Transport.AttemptAsync();
        Assert.Equal($"{Second}?token=1", attempt.Request.Uri!.ToString());
        var socket = attempt.Accept();
        await host.Client.WaitForReadyAsync(Token);
        socket.Drop();
        await host.NextAttemptAsync();

        Assert.Equal($"{Second}?token=1", await AddressAsync(host));
    }

    [Fact]
    public async Task P10_a_refusal_is_permanent_when_each_address_with_a_query_that_a_hook_adds_has_refused()
    {
        await using var host = new TestHost(configure: AddMore(Second), build: static connection => connection.ConfigureHandshake(static (handshake, _) =>
        {
            AddQuery(handshake);
            return default;
        }));
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.NotFound);
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.NotFound);

        await host.StateAsync(LateConnectionState.Faulted);
    }

    [Fact]
    public async Task P10_a_requested_address_that_differs_from_the_configured_one_by_its_query_does_not_move_on()
    {
        await using var host = new TestHost(configure: AddMore(Second));
        await host.ReadyAsync();
        await host.Client.ReconnectAsync(new LateReconnect { Uri = new Uri($"{First}?resume=1") }, Token);
        Assert.Equal($"{First}?resume=1", await AddressAsync(host));
        await host.NextAttemptAsync();

        Assert.Equal(First, await AddressAsync(host));
    }

    [Fact]
    public async Task P10_an_attempt_that_never_came_to_its_address_does_not_move_on()
    {
        var throws = true;
        await using var host = new TestHost(configure: AddMore(Second), build: connection => connection.ConfigureHandshake((_, _) =>
            throws ? throw new FormatException() : default));
        await host.StartAsync();
        await host.WaitingUntilAsync();
        throws = false;
        await host.NextAttemptAsync();

        Assert.Equal(First, await AddressAsync(host));
    }

    [Fact]
    public async Task P10_a_refusal_is_permanent_when_each_address_has_refused()
    {
        await using var host = new TestHost(configure: AddMore(Second, Third));
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.NotFound);
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse();
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.Forbidden);
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.NotFound);
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.NotFound);

        await host.StateAsync(LateConnectionState.Faulted);
    }

    [Fact]
    public async Task P15_a_new_life_begins_with_the_address_behind_the_one_that_failed()
    {
        await using var host = Restarting(configure: static options =>
        {
            options.Uris.Add(new Uri(Second));
            options.Reconnect.MaxAttempts = 1;
        });
        await host.StartAsync();
        Assert.Equal(First, await AddressAsync(host));
        await NextLifeAsync(host);

        var attempt = await host.Transport.AttemptAsync();
        Assert.Equal(Second, attempt.Request.Uri!.ToString());
        attempt.Accept();
        await host.Client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task P15_a_new_life_begins_with_the_last_good_address()
    {
        await using var host = await SecondIsGoodAsync();
        host.Handler.Info = static (_, state, _) => LateResult.Fault(state, "enough");
        await host.Client.PostAsync(new Note("a"), Token);
        await host.Handler.SkipToAsync("Terminate Faulted");
        await host.Client.ReconnectAsync("paid", Token);

        Assert.Equal(Second, await AddressAsync(host));
    }

    [Fact]
    public async Task P10_in_each_life_a_refusal_is_permanent_when_each_address_has_refused()
    {
        await using var host = Restarting(configure: AddMore(Second));
        await host.StartAsync();
        for (var life = 1; life <= 2; life++)
        {
            var first = await host.Transport.AttemptAsync();
            first.Refuse(HttpStatusCode.NotFound);
            await host.NextAttemptAsync();
            var second = await host.Transport.AttemptAsync();
            Assert.Equal((First, Second), (first.Request.Uri!.ToString(), second.Request.Uri!.ToString()));
            second.Refuse(HttpStatusCode.NotFound);
            await NextLifeAsync(host);
        }
    }

    [Fact]
    public async Task P10_a_reload_of_Uris_reconnects_once_and_begins_with_the_last_good_address()
    {
        await using var host = await SecondIsGoodAsync();
        host.Configuration["Late:Forwarding:Uris:1"] = Third;
        host.Configuration.Reload();

        Assert.Equal(Second, await AddressAsync(host));
    }

    [Fact]
    public async Task P10_where_the_last_good_address_is_configured_no_longer_the_first_one_follows()
    {
        await using var host = await SecondIsGoodAsync();
        host.Configuration["Late:Forwarding:Uris:0"] = Third;
        host.Configuration.Reload();

        Assert.Equal(First, await AddressAsync(host));
    }

    private static void AddQuery(LateHandshakeContext handshake) => handshake.Uri = new UriBuilder(handshake.Uri!) { Query = "token=1" }.Uri;

    /// <summary>A host with two configured addresses, of which the second is the last good one.</summary>
    private static async Task<TestHost> SecondIsGoodAsync()
    {
        var host = new TestHost(settings: new()
        {
            ["Late:Forwarding:Uri"] = First,
            ["Late:Forwarding:Uris:0"] = Second,
        });
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse();
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        return host;
    }

    private static Action<LateConnectionOptions> AddMore(params string[] addresses) =>
        options => Array.ForEach(addresses, address => options.Uris.Add(new Uri(address)));

    /// <summary>The address of the next attempt, which fails.</summary>
    private static async Task<string> AddressAsync(TestHost host)
    {
        var attempt = await host.Transport.AttemptAsync();
        attempt.Refuse();
        return attempt.Request.Uri!.ToString();
    }
}
