using System.Net;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Reconnecting;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>What follows a failed attempt or the end of a session: transient or permanent (promise P10).</summary>
public sealed class DecisionTests
{
    private const int Permanent = 4004;

    private static readonly TimeSpan s_after = TimeSpan.FromSeconds(7);
    private static readonly LateConnectionOptions s_options = new()
    {
        PermanentStatusCodes = { HttpStatusCode.ServiceUnavailable },
        PermanentCloseCodes = { Permanent },
    };

    [Theory]
    [InlineData(null, true, true)]
    [InlineData(101, true, true)]
    [InlineData(200, true, true)]
    [InlineData(299, true, true)]
    [InlineData(300, false, true)]
    [InlineData(307, false, true)]
    [InlineData(399, false, true)]
    [InlineData(400, false, true)]
    [InlineData(401, false, true)]
    [InlineData(403, false, true)]
    [InlineData(404, false, true)]
    [InlineData(407, false, true)]
    [InlineData(408, true, true)]
    [InlineData(429, true, true)]
    [InlineData(499, false, true)]
    [InlineData(500, true, true)]
    [InlineData(502, true, true)]
    [InlineData(503, false, false)]
    public void P10_a_failed_attempt_is_transient_unless_it_was_refused_before_the_first_ready_session_or_its_status_is_named(int? status, bool before, bool after)
    {
        Assert.Equal(
            (before, after),
            (Decision.AfterFailure(Failure(status), new AttemptHistory(1, HasBeenReady: false, CanAskAgain: false), s_options).ShouldReconnect,
             Decision.AfterFailure(Failure(status), new AttemptHistory(1, HasBeenReady: true, CanAskAgain: false), s_options).ShouldReconnect));
    }

    [Theory]
    [InlineData(401, true, true)]
    [InlineData(401, false, false)]
    [InlineData(403, true, false)]
    [InlineData(407, true, false)]
    [InlineData(503, true, false)]
    public void P10_a_401_is_transient_once_where_other_credentials_may_come(int status, bool canAskAgain, bool asksAgain)
    {
        var outcome = Decision.AfterFailure(Failure(status), new AttemptHistory(2, HasBeenReady: false, canAskAgain), s_options);

        Assert.Equal((asksAgain, asksAgain), (outcome.AsksAgain, outcome.ShouldReconnect));
    }

    [Theory] // What the handler wants instead: nothing, or a delay, or another address.
    [InlineData(true, null, null, true)]
    [InlineData(false, null, null, false)]
    [InlineData(true, 7, null, false)]
    [InlineData(true, null, "ws://feed.example/other", false)]
    public void What_was_begun_while_the_session_continued_follows_its_loss_unless_its_handler_wants_something_else(bool hasCandidate, int? after, string? uri, bool adopts)
    {
        var request = new LateReconnect { After = after is { } seconds ? TimeSpan.FromSeconds(seconds) : null, Uri = uri is null ? null : new Uri(uri) };
        var history = new AttemptHistory(1, HasBeenReady: true, CanAskAgain: false) { HasCandidate = hasCandidate };

        foreach (var end in new[] { SessionEnd.Lost("It broke.", null), SessionEnd.Rotated })
        {
            Assert.Equal(adopts, Decision.AfterSession(end, DisconnectRequest.Reconnect(request), history, s_options).Adopts);
        }
    }

    [Fact]
    public void P10_a_401_that_the_options_name_is_permanent_although_other_credentials_may_come()
    {
        var options = new LateConnectionOptions { PermanentStatusCodes = { HttpStatusCode.Unauthorized } };

        Assert.False(Decision.AfterFailure(Failure(401), new AttemptHistory(1, HasBeenReady: true, CanAskAgain: true), options).ShouldReconnect);
    }

    [Fact]
    public void A_failed_attempt_reports_what_has_failed_and_when_the_server_wants_the_next()
    {
        var error = new LateConnectException("Test", "No.") { RetryAfter = s_after };
        var outcome = Decision.AfterFailure(error, new AttemptHistory(3, HasBeenReady: true, CanAskAgain: true), s_options);

        Assert.Equal(new LateSessionOutcome { Attempt = 3, HasBeenReady = true, Exception = error, Delay = s_after, ShouldReconnect = true }, outcome);
    }

    public static TheoryData<string, string, string> Sessions => new()
    {
        // The end, what HandleDisconnect returned, and what follows.
        { "lost", "nothing", "reconnect" },
        { "lost", "reconnect", "reconnect" },
        { "lost", "reconnect later", "reconnect after 7 s" },
        { "lost", "stop", "end" },
        { "closed", "nothing", "reconnect" },
        { "closed permanently", "nothing", "end" },
        { "closed permanently", "reconnect", "reconnect" },
        { "timed out", "nothing", "reconnect" },
        { "broken", "nothing", "reconnect" },
        { "requested", "nothing", "reconnect now" },
        { "requested", "reconnect", "reconnect now" },
        { "requested", "reconnect later", "reconnect stable after 7 s" },
        { "requested", "stop", "end" },
        { "rotated", "nothing", "reconnect now" },
        { "asked by the handler", "nothing", "reconnect after 3 s" },
        { "asked by the handler", "reconnect later", "reconnect after 7 s" },
        { "failed", "nothing", "reconnect" },
        { "failed, restart", "nothing", "reconnect restart" },
        { "failed, stop", "nothing", "end" },
        { "failed, stop", "reconnect", "end" },
        { "stopped by the handler", "reconnect", "end" },
        { "host stops", "reconnect", "end" },
        { "supervisor stops", "nothing", "end" },
    };

    [Theory]
    [MemberData(nameof(Sessions))]
    public void P10_a_stop_or_fault_comes_first_then_the_handler_then_a_request_then_the_options(string end, string request, string expected)
    {
        var outcome = Decision.AfterSession(End(end), Request(request), new AttemptHistory(2, HasBeenReady: true, CanAskAgain: false), s_options);

        Assert.Equal(expected, Text(outcome));
        Assert.Equal((2, true), (outcome.Attempt, outcome.HasBeenReady));
    }

    [Theory]
    [InlineData("requested")]
    [InlineData("rotated")]
    [InlineData("asked by the handler")]
    public void P10_a_request_is_granted_whatever_ShouldReconnect_returns_for_losses(string end)
    {
        var options = new LateConnectionOptions { Reconnect = { ShouldReconnect = static _ => false } };
        var history = new AttemptHistory(2, HasBeenReady: true, CanAskAgain: false);

        Assert.True(Decision.AfterSession(End(end), null, history, options).ShouldReconnect);
        Assert.False(Decision.AfterSession(End("lost"), null, history, options).ShouldReconnect);
    }

    [Theory]
    [InlineData("host stops", "reconnect", NextStep.Stop)]
    [InlineData("failed, stop", "reconnect", NextStep.Fault)]
    [InlineData("lost", "stop", NextStep.Stop)]
    [InlineData("lost", "reconnect", NextStep.Reconnect)]
    [InlineData("lost", "nothing", NextStep.Continue)]
    [InlineData("requested", "nothing", NextStep.Continue)]
    public void A_connection_stops_where_its_session_or_its_handler_requests_it(string end, string request, object next) =>
        Assert.Equal(next, Decision.Next(End(end), Request(request)));

    [Theory]
    [InlineData(null, false)]
    [InlineData(0, false)]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public void P10_a_session_is_stable_that_was_ready_for_StableAfter(int? readyFor, bool isStable)
    {
        var end = End("lost") with { ReadyFor = readyFor is { } seconds ? TimeSpan.FromSeconds(seconds) : null };
        var outcome = Decision.AfterSession(end, null, new AttemptHistory(1, HasBeenReady: true, CanAskAgain: false), s_options);

        Assert.Equal((isStable, readyFor is not null), (outcome.IsStable, outcome.Disconnect!.WasReady));
        Assert.Equal(readyFor ?? 0, outcome.ReadyFor.TotalSeconds);
    }

    [Fact]
    public void A_handler_and_the_pipeline_receive_the_same_facts_of_an_end()
    {
        var end = SessionEnd.Closed(4001, "bye") with { ReadyFor = TimeSpan.Zero };
        var outcome = Decision.AfterSession(end, null, new AttemptHistory(1, HasBeenReady: true, CanAskAgain: false), s_options);

        Assert.Equal(
            new LateDisconnect
            {
                Reason = LateDisconnectReason.ClosedByServer,
                Description = "The server closed the connection with 4001 \"bye\".",
                CloseCode = 4001,
                CloseReason = "bye",
                WasReady = true,
            },
            Decision.Disconnect(end));
        Assert.Equal(Decision.Disconnect(end), outcome.Disconnect);
    }

    private static LateConnectException Failure(int? status) => new("Test", "No.") { StatusCode = (HttpStatusCode?)status };

    private static SessionEnd End(string what) => what switch
    {
        "lost" => SessionEnd.Lost("Lost.", null),
        "closed" => SessionEnd.Closed(1000, ""),
        "closed permanently" => SessionEnd.Closed(Permanent, ""),
        "timed out" => SessionEnd.TimedOut(LateDisconnectReason.ReadyTimeout, "Late.", null),
        "broken" => SessionEnd.Broken(1002, "Broken."),
        "requested" => SessionEnd.Requested("r"),
        "rotated" => SessionEnd.Rotated,
        "asked by the handler" => new ResultActions { Next = NextStep.Reconnect, After = TimeSpan.FromSeconds(3) }.ToEnd(),
        "stopped by the handler" => new ResultActions { Next = NextStep.Stop }.ToEnd(),
        "failed" => SessionEnd.HandlerFailed("HandleIn", new FormatException(), LateHandlerErrorBehavior.Continue),
        "failed, restart" => SessionEnd.HandlerFailed("HandleIn", new FormatException(), LateHandlerErrorBehavior.Restart),
        "failed, stop" => SessionEnd.HandlerFailed("HandleIn", new FormatException(), LateHandlerErrorBehavior.Stop),
        "host stops" => SessionEnd.HostStopping,
        "supervisor stops" => SessionEnd.SupervisorStopping,
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    private static DisconnectRequest? Request(string what) => what switch
    {
        "nothing" => null,
        "reconnect" => DisconnectRequest.Reconnect(after: null),
        "reconnect later" => DisconnectRequest.Reconnect(s_after),
        "stop" => DisconnectRequest.Stop,
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    private static string Text(LateSessionOutcome outcome)
    {
        if (!outcome.ShouldReconnect)
        {
            return outcome.IsStable ? "end stable" : "end";
        }

        var how = outcome switch
        {
            { IsImmediate: true, IsStable: true } => " now",
            { IsImmediate: true } => " now, unstable",
            { IsStable: true } => " stable",
            _ => "",
        };
        return $"reconnect{how}{(outcome.Restart ? " restart" : "")}{(outcome.Delay is { } delay ? $" after {delay.TotalSeconds} s" : "")}";
    }
}
