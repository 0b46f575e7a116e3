using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>What is sent to an address that the handler has from a message of the server (promise P12).</summary>
public sealed class MessageAddressTests
{
    private const string Secret = "hunter2";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("wss://feed.example/resume?id=7", true)]
    [InlineData("wss://feed.example:443/resume", true)]
    [InlineData("wss://FEED.example/", true)]
    [InlineData("wss://second.example/", true)]
    [InlineData("wss://allowed.example:8443/resume", true)]
    [InlineData("ws://allowed.example/resume", true)]
    [InlineData("wss://feed.example:8443/resume", false)]
    [InlineData("wss://feed.example.other/", false)]
    [InlineData("wss://sub.feed.example/", false)]
    [InlineData("wss://allowed.example/resume", false)]
    [InlineData("wss://feed.example@other.example/", false)]
    public async Task P12_configured_headers_and_those_of_hooks_go_to_configured_and_allowed_origins_only(string address, bool isKnown)
    {
        var seen = new List<bool>();
        await using var host = Host(
            address,
            handshake =>
            {
                handshake.Headers["X-Session"] = "7";
                handshake.Headers["X-Key"] = "of the handler";
            },
            connection => connection.ConfigureHandshake((handshake, _) =>
            {
                seen.Add(handshake.IsForeignOrigin);
                handshake.Headers["Authorization"] = $"Bearer {Secret}";
                return default;
            }));
        await host.StartAsync();
        var request = (await host.Transport.AttemptAsync()).Request;

        Assert.Equal(new Uri(address), request.Uri);
        Assert.Equal(
            isKnown ? ["Authorization", "Cookie", "X-Client", "X-Key", "X-Session"] : ["X-Key", "X-Session"],
            request.Headers.Keys.Order());
        Assert.Equal(("7", "of the handler"), (request.Headers["X-Session"].ToString(), request.Headers["X-Key"].ToString()));
        Assert.Equal(["v1"], request.SubProtocols);
        Assert.Equal([!isKnown], seen);
        Assert.Equal(!isKnown, request.IsForeignOrigin);
        Assert.Equal(isKnown ? 0 : 1, host.Logs.GetSnapshot().Count(static entry => entry.Id.Name == "ForeignOrigin"));
    }

    [Fact]
    public async Task P12_a_header_of_the_handler_that_a_hook_has_changed_is_that_of_the_hook()
    {
        await using var host = Host(
            "wss://other.example/",
            static handshake => handshake.Headers["Authorization"] = "of the session",
            static connection => connection.ConfigureHandshake(static (handshake, _) =>
            {
                handshake.Headers["Authorization"] = $"Bearer {Secret}";
                return default;
            }));
        await host.StartAsync();

        Assert.Empty((await host.Transport.AttemptAsync()).Request.Headers);
    }

    [Theory] // Some servers take a token as a sub-protocol.
    [InlineData("wss://other.example/", false)]
    [InlineData("wss://feed.example/resume", true)]
    public async Task P12_a_sub_protocol_that_a_hook_adds_goes_to_configured_and_allowed_origins_only(string address, bool isKnown)
    {
        await using var host = Host(
            address,
            static handshake => handshake.SubProtocols.Add("v2"),
            static connection => connection.ConfigureHandshake(static (handshake, _) =>
            {
                handshake.SubProtocols.Add($"key.{Secret}");
                return default;
            }));
        await host.StartAsync();

        Assert.Equal(isKnown ? ["v1", "v2", $"key.{Secret}"] : ["v1", "v2"], (await host.Transport.AttemptAsync()).Request.SubProtocols);
    }

    [Fact]
    public async Task P12_an_address_at_another_origin_that_a_hook_sets_is_the_applications_own()
    {
        await using var host = Host(
            "wss://other.example/",
            build: static connection => connection.ConfigureHandshake(static (handshake, _) =>
            {
                handshake.Uri = new Uri("ws://own.example/");
                return default;
            }));
        await host.StartAsync();
        var request = (await host.Transport.AttemptAsync()).Request;

        Assert.Equal(["Cookie", "X-Client", "X-Key"], request.Headers.Keys.Order());
        Assert.False(request.IsForeignOrigin);
    }

    [Fact]
    public async Task P12_a_query_that_a_hook_adds_does_not_make_a_foreign_origin_the_applications_own()
    {
        await using var host = Host(
            "wss://other.example/",
            build: static connection => connection.ConfigureHandshake(static (handshake, _) =>
            {
                handshake.Uri = new UriBuilder(handshake.Uri!) { Query = "signed=1" }.Uri;
                return default;
            }));
        await host.StartAsync();

        Assert.Empty((await host.Transport.AttemptAsync()).Request.Headers);
    }

    [Theory]
    [InlineData("ws://other.example/resume")]
    [InlineData("ws://feed.example/resume")]
    [InlineData("ws://feed.example:443/resume")]
    public async Task P12_wss_never_becomes_ws(string address)
    {
        await using var host = Host($"{address}?token={Secret}");
        await host.StartAsync();
        await host.WaitingUntilAsync();

        Assert.Equal(
            $"Connection 'Forwarding' did not connect to {address}: the address came from a message, and would replace wss by ws, without TLS. " +
            "Have the server send a wss address, or add the origin to AllowedOrigins.",
            host.Client.Status.Reason);
        Assert.Equal(0, host.Transport.Count);
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static entry => entry.Message.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task P10_a_failed_attempt_at_an_address_from_a_message_does_not_move_on_from_the_configured_one()
    {
        string? address = "wss://other.example/";
        await using var host = Host(address, handshake => handshake.Uri = address is null ? handshake.Previous is null ? null : new Uri("wss://feed.example/v2") : new Uri(address));
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse();
        address = null;
        await host.NextAttemptAsync();

        Assert.Equal(new Uri("wss://feed.example/v2"), (await host.Transport.AttemptAsync()).Request.Uri);
    }

    [Fact]
    public async Task A_session_at_an_address_from_a_message_is_ready_as_any_other()
    {
        await using var host = Host("wss://other.example/");
        await host.StartAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Contains(host.Logs.GetSnapshot(), static entry => entry.Message.Contains("connecting to wss://other.example/ ", StringComparison.Ordinal));
    }

    /// <summary>A host whose handler has an address from a message.</summary>
    private static TestHost Host(string address, Action<LateHandshakeContext>? connecting = null, Action<ILateConnectionBuilder>? build = null) => new(
        new ScriptedHandler
        {
            Connecting = (handshake, state, _) =>
            {
                handshake.Uri = new Uri(address);
                connecting?.Invoke(handshake);
                return new(state);
            },
        },
        static options =>
        {
            options.Uri = new Uri($"wss://me:{Secret}@feed.example/v2");
            options.Uris.Add(new Uri("wss://second.example/v2"));
            options.AllowedOrigins.Add(new Uri("wss://allowed.example:8443"));
            options.AllowedOrigins.Add(new Uri("ws://allowed.example"));
            options.Headers["X-Key"] = Secret;
            options.Headers["X-Client"] = "me";
            options.Headers["Cookie"] = Secret;
            options.SubProtocols.Add("v1");
        },
        build);
}
