namespace Late.Hosting.Testing.Tests;

/// <summary>What a handler sets before an attempt, and what its test sees of it.</summary>
public sealed class ConnectingTests
{
    private static readonly Uri s_resumeAt = new("wss://resume.example/?id=7");

    [Fact]
    public async Task The_attempt_has_the_address_and_the_headers_that_the_handler_has_set()
    {
        await using var test = await LateHandlerTest.StartAsync(new ResumingHandler(), static options =>
        {
            options.Uri = new Uri("wss://feed.example/v2");
            options.Headers["X-Key"] = "of the feed";
        });
        Assert.Equal(new Uri("wss://feed.example/v2"), test.Attempt!.Uri);
        Assert.Equal("of the feed", test.Attempt.Headers["X-Key"]);
        await test.ConnectAsync();
        Assert.Null(test.Attempt);
        await test.ReceiveAsync(s_resumeAt.ToString());
        await test.DisconnectAsync();

        Assert.Equal(s_resumeAt, test.Attempt!.Uri);
        Assert.Equal("7", test.Attempt.Headers["X-Session"]);
        Assert.DoesNotContain("X-Key", test.Attempt.Headers.Keys);
        await test.ConnectAsync();
        Assert.True(test.IsReady);
    }

    [Fact]
    public async Task An_attempt_that_the_handler_fails_is_thrown_by_Connect_and_the_next_Connect_makes_the_next_attempt()
    {
        var failure = new LateConnectException("Test", "The gateway allows no session now.") { RetryAfter = TimeSpan.FromMinutes(5) };
        var handler = new ResumingHandler { Failures = new([failure, failure]) };
        await using var test = await LateHandlerTest.StartAsync(handler);
        Assert.Null(test.Attempt);
        Assert.Same(failure, await Assert.ThrowsAsync<LateConnectException>(() => test.ConnectAsync()));
        Assert.Equal(TimeSpan.FromMinutes(5), test.Outcome!.Delay);
        Assert.Same(failure, await Assert.ThrowsAsync<LateConnectException>(() => test.ConnectAsync()));
        await test.ConnectAsync();

        Assert.True(test.IsReady);
        Assert.Equal([null, failure, failure], handler.Previous.Select(static outcome => outcome?.Exception));
    }

    [Fact]
    public async Task An_attempt_that_the_handler_makes_permanent_ends_the_connection()
    {
        var failure = new LateConnectException("Test", "The account is closed.") { IsTransient = false };

        Assert.Same(failure, await Assert.ThrowsAsync<LateConnectException>(() => LateHandlerTest.StartAsync(new ResumingHandler { Failures = new([failure]) })));
    }

    [Fact]
    public async Task What_the_handler_throws_after_a_session_is_thrown_by_the_step_that_ends_it_once()
    {
        var handler = new ResumingHandler();
        await using var test = await LateHandlerTest.ConnectAsync(handler);
        handler.Failures.Enqueue(new FormatException());
        await Assert.ThrowsAsync<FormatException>(() => test.DisconnectAsync());
        await test.ConnectAsync();

        Assert.True(test.IsReady);
    }

    [Fact]
    public async Task A_connection_whose_attempt_has_failed_can_be_stopped()
    {
        await using var test = await LateHandlerTest.StartAsync(new ResumingHandler { Failures = new([new FormatException()]) });
        await Assert.ThrowsAsync<FormatException>(() => test.StopAsync());

        Assert.Equal(LateConnectionState.Stopped, test.Client.State);
    }

    /// <summary>Its state is the address of the session that it resumes.</summary>
    private sealed class ResumingHandler : LateHandler<Uri?>
    {
        public Queue<Exception> Failures { get; init; } = new();

        public List<LateSessionOutcome?> Previous { get; } = [];

        public override Uri? Init(LateContext context) => null;

        public override Uri? HandleConnecting(LateHandshakeContext handshake, Uri? state)
        {
            Previous.Add(handshake.Previous);
            if (Failures.TryDequeue(out var failure))
            {
                throw failure;
            }

            if (state is not null)
            {
                handshake.Uri = state;
                handshake.Headers["X-Session"] = "7";
            }

            return state;
        }

        public override LateResult<Uri?> HandleIn(LateFrame frame, Uri? state) => LateResult.Ok<Uri?>(new Uri(frame.GetText()));
    }
}
