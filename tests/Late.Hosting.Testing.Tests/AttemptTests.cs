using System.Net;
using Late.Hosting.Testing.Tests.Support;

namespace Late.Hosting.Testing.Tests;

/// <summary>The peer's answers to attempts, and the clock between them.</summary>
public sealed class AttemptTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_attempt_shows_its_address_headers_and_sub_protocols()
    {
        await using var host = new TestedHost(configure: options =>
        {
            options.Uri = new Uri("wss://feed.example/v2?key=1");
            options.Headers["X-Client"] = "test";
            options.SubProtocols.Add("v2");
            options.SubProtocols.Add("v1");
        });
        await host.StartAsync();
        var attempt = await host.Peer.NextAttemptAsync();

        Assert.Equal(1, attempt.Number);
        Assert.Equal(new Uri("wss://feed.example/v2?key=1"), attempt.Uri);
        Assert.Equal("test", attempt.Headers["x-client"]);
        Assert.Equal(["v2", "v1"], attempt.SubProtocols);
        Assert.Equal(TimeSpan.Zero, attempt.Waited);
        Assert.False(attempt.IsEnded);
    }

    [Fact]
    public async Task A_connection_without_an_address_gets_one()
    {
        await using var host = new TestedHost();
        await host.StartAsync();

        Assert.Equal("peer.test", (await host.Peer.NextAttemptAsync()).Uri.Host);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task An_accepted_attempt_is_a_session(string httpVersion)
    {
        await using var host = new TestedHost(configure: options =>
        {
            options.HttpVersion = Version.Parse(httpVersion);
            options.SubProtocols.Add("v2");
        });
        await host.StartAsync();
        var session = await host.Peer.AcceptAsync("v2");
        await session.ExpectAsync("hello 0");

        Assert.Same(session, host.Peer.Session);
        Assert.True(session.Attempt.IsEnded);
        await host.Client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task A_refusal_has_its_status_headers_and_body_and_when_to_come_back()
    {
        await using var host = new TestedHost();
        await host.StartAsync();
        var attempt = await host.Peer.NextAttemptAsync();
        attempt.Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(3), [new("X-Why", "tired")], "Back soon.");
        attempt = await host.Peer.NextAttemptAsync();

        Assert.InRange(attempt.Waited, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.25));
        attempt.Refuse(HttpStatusCode.NotFound);
        var exception = await Assert.ThrowsAsync<LateTestException>(() => host.Peer.NextAttemptAsync());
        Assert.Contains("404", exception.Message, StringComparison.Ordinal);
        Assert.Equal(LateConnectionState.Faulted, host.Client.State);
    }

    [Fact]
    public async Task A_header_of_several_values_has_them_in_the_request_and_in_the_answer()
    {
        await using var host = new TestedHost(configure: options =>
        {
            options.Startup = LateStartupMode.FailFast;
            options.Headers["X-Accepts"] = new(["one", "two"]);
        });
        var starting = host.StartAsync();
        var attempt = await host.Peer.NextAttemptAsync();
        attempt.Refuse(HttpStatusCode.ServiceUnavailable, headers: [new("X-Why", new(["tired", "late"]))]);
        var exception = await Assert.ThrowsAsync<LateConnectException>(() => starting);

        Assert.Equal(["one", "two"], attempt.Headers["x-accepts"].ToArray());
        Assert.Equal(["tired", "late"], exception.Headers["x-why"].ToArray());
    }

    [Fact]
    public async Task A_refusal_reaches_the_application_whole()
    {
        await using var host = new TestedHost(configure: options => options.Startup = LateStartupMode.FailFast);
        var starting = host.StartAsync();
        (await host.Peer.NextAttemptAsync()).Refuse(
            HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(2.1), [new("X-Why", "tired")], "Back soon.");
        var exception = await Assert.ThrowsAsync<LateConnectException>(() => starting);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, exception.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(3), exception.RetryAfter);
        Assert.Equal(["tired"], exception.Headers["X-Why"].ToArray());
        Assert.Equal("Back soon.", exception.Body);
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, "Check Uri and DNS.")]
    [InlineData(HttpRequestError.ConnectionError, "no server answers there")]
    [InlineData(HttpRequestError.SecureConnectionError, "TLS failed.")]
    public async Task A_failure_is_that_of_a_network(HttpRequestError error, string named)
    {
        await using var host = new TestedHost(configure: options => options.Startup = LateStartupMode.FailFast);
        var starting = host.StartAsync();
        (await host.Peer.NextAttemptAsync()).Fail(error);
        var exception = await Assert.ThrowsAsync<LateConnectException>(() => starting);

        Assert.Equal(error, exception.TransportError);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_that_is_not_answered_is_canceled_and_another_follows()
    {
        await using var host = new TestedHost();
        await host.StartAsync();
        var attempt = await host.Peer.NextAttemptAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await attempt.WaitUntilCanceledAsync();

        Assert.True(attempt.IsCanceled);
        Assert.Contains("canceled it", Assert.Throws<LateTestException>(() => attempt.Accept()).Message, StringComparison.Ordinal);
        await host.Peer.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal(2, host.Peer.Attempts);
    }

    [Fact]
    public async Task A_second_answer_is_refused_and_changes_nothing()
    {
        await using var host = new TestedHost();
        await host.StartAsync();
        var attempt = await host.Peer.NextAttemptAsync();
        var session = attempt.Accept();

        Assert.Contains("answered already", Assert.Throws<LateTestException>(() => attempt.Accept()).Message, StringComparison.Ordinal);
        Assert.Throws<LateTestException>(() => attempt.Refuse(HttpStatusCode.NotFound));
        Assert.Same(session, host.Peer.Session);
    }

    [Fact]
    public async Task The_clock_is_advanced_to_each_attempt_of_a_growing_backoff()
    {
        await using var host = new TestedHost();
        await host.StartAsync();
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 40; i++)
        {
            var attempt = await host.Peer.NextAttemptAsync();
            waits.Add(attempt.Waited);
            attempt.Fail();
        }

        Assert.Equal(TimeSpan.Zero, waits[0]);
        Assert.All(waits.Skip(1), wait => Assert.InRange(wait, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(31)));
        Assert.True(waits.Skip(20).Sum(wait => wait.TotalSeconds) > 10 * waits.Skip(1).Take(3).Sum(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task The_delay_that_a_handler_asks_for_is_waited_exactly()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.Send("again");
        var attempt = await host.Peer.NextAttemptAsync();

        Assert.Equal(TimeSpan.FromSeconds(5), attempt.Waited);
        Assert.Equal("asked for", session.Closed?.Reason);
    }

    [Fact]
    public async Task An_attempt_does_not_come_before_its_time()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.Send("again");
        await session.WaitUntilEndedAsync();
        Assert.Equal(TimeSpan.FromSeconds(5), await host.Peer.WaitForBackoffAsync());
        host.Clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, host.Peer.Attempts);
        host.Clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(2, (await host.Peer.NextAttemptAsync()).Number);
    }

    [Fact]
    public async Task A_script_answers_attempts_and_leaves_others_to_the_test()
    {
        await using var host = new TestedHost();
        host.Peer.OnAttempt(attempt =>
        {
            if (attempt.Number < 3)
            {
                attempt.Refuse(HttpStatusCode.TooManyRequests);
            }
        });
        await host.StartAsync();

        Assert.Equal(3, (await host.Peer.NextAttemptAsync()).Number);
    }

    [Fact]
    public async Task The_clock_is_advanced_to_an_attempt_that_a_script_answers()
    {
        await using var host = new TestedHost();
        host.Peer.OnAttempt(attempt => attempt.Accept());
        await host.StartAsync();
        await host.Client.WaitForReadyAsync(Token);
        for (var i = 2; i < 10; i++)
        {
            host.Peer.Session.Drop();
            var attempt = await host.Peer.AdvanceToNextAttemptAsync();
            Assert.Equal((i, true), (attempt.Number, attempt.IsEnded));
            Assert.Same(attempt, host.Peer.Session.Attempt);
            await host.Client.WaitForReadyAsync(Token);
        }
    }

    [Fact]
    public async Task What_a_script_throws_the_next_wait_throws()
    {
        await using var host = new TestedHost();
        host.Peer.OnAttempt(_ => throw new FormatException("script"));
        await host.StartAsync();

        Assert.Equal("script", (await Assert.ThrowsAsync<FormatException>(() => host.Peer.AcceptAsync())).Message);
    }

    [Fact]
    public async Task An_attempt_that_cannot_come_fails_the_wait_immediately()
    {
        await using var host = new TestedHost();
        await host.ReadyAsync();
        await host.StopAsync();

        var exception = await Assert.ThrowsAsync<LateTestException>(() => host.Peer.AcceptAsync());
        Assert.Contains("none follows. Connection 'Total' is Stopped", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_that_does_not_come_fails_the_wait_after_its_limit()
    {
        var peer = new LateTestPeer { WaitLimit = TimeSpan.FromMilliseconds(1) };

        var exception = await Assert.ThrowsAsync<LateTestException>(() => peer.AcceptAsync());
        Assert.Contains("AddLateTestPeer", exception.Message, StringComparison.Ordinal);
        Assert.Contains("0.001 s of real time", exception.Message, StringComparison.Ordinal);
        Assert.Throws<LateTestException>(() => peer.Session);
    }
}
