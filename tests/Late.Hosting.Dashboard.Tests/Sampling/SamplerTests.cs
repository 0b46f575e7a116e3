using System.Text;
using System.Text.Json;
using Late.Hosting.Dashboard.Sampling;
using Late.Hosting.Dashboard.Tests.Support;

namespace Late.Hosting.Dashboard.Tests.Sampling;

/// <summary>What pages receive.</summary>
public sealed class SamplerTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void A_connection_to_which_nothing_happens_is_not_reported()
    {
        var (sampler, connections) = Observed.Create(_clock, count: 3);
        using var viewer = sampler.Join();
        Next(viewer);

        connections[1].Statistics = new LateConnectionStatistics { FramesReceived = 7 };
        _clock.Advance(Sampler.Interval);

        var received = Next(viewer).GetProperty("connections").EnumerateArray().ToList();
        Assert.Equal("""{"id":1,"framesIn":7}""", Assert.Single(received).GetRawText());
    }

    [Fact]
    public void Lives_goodbyes_that_were_cut_short_and_refused_switches_are_reported()
    {
        var (sampler, connections) = Observed.Create(_clock, count: 1);
        using var viewer = sampler.Join();
        Next(viewer);

        connections[0].Statistics = new LateConnectionStatistics { Lives = 2, GoodbyesCut = 1, SwitchesRefused = 3 };
        _clock.Advance(Sampler.Interval);

        var received = Next(viewer).GetProperty("connections").EnumerateArray().ToList();
        Assert.Equal("""{"id":0,"lives":2,"goodbyesCut":1,"switchesRefused":3}""", Assert.Single(received).GetRawText());
    }

    [Fact]
    public void The_oldest_call_is_reported_with_its_request_and_taken_back()
    {
        var (sampler, connections) = Observed.Create(_clock, count: 1);
        using var viewer = sampler.Join();
        Next(viewer);

        connections[0].Statistics = new LateConnectionStatistics { CallsInProgress = 1, OldestCall = TimeSpan.FromMilliseconds(1500), OldestCallRequest = "Subscribe" };
        _clock.Advance(Sampler.Interval);
        var first = Assert.Single(Next(viewer).GetProperty("connections").EnumerateArray());
        connections[0].Statistics = new LateConnectionStatistics();
        _clock.Advance(Sampler.Interval);
        var second = Assert.Single(Next(viewer).GetProperty("connections").EnumerateArray());

        Assert.Equal("""{"id":0,"callsInProgress":1,"oldestCall":1500,"oldestCallRequest":"Subscribe"}""", first.GetRawText());
        Assert.Equal("""{"id":0,"callsInProgress":0,"oldestCall":null,"oldestCallRequest":null}""", second.GetRawText());
    }

    [Fact]
    public void Every_change_of_the_state_is_reported_once_also_those_between_two_looks()
    {
        var (sampler, connections) = Observed.Create(_clock, count: 1);
        connections[0].Move(LateConnectionState.Connecting, "Attempt 1 is in progress.", attempt: 1);
        using var viewer = sampler.Join();
        var first = Assert.Single(Next(viewer).GetProperty("connections").EnumerateArray());

        connections[0].Move(LateConnectionState.Reconnecting, "Refused.");
        connections[0].Move(LateConnectionState.Connecting, "Attempt 2 is in progress.", attempt: 2);
        _clock.Advance(Sampler.Interval);
        var second = Assert.Single(Next(viewer).GetProperty("connections").EnumerateArray());

        Assert.Equal(["Connecting"], Changes(first));
        Assert.Equal(["Reconnecting", "Connecting"], Changes(second));
        Assert.Equal("Attempt 2 is in progress.", second.GetProperty("reason").GetString());
        Assert.Equal(2, second.GetProperty("attempt").GetInt32());
    }

    [Fact]
    public void The_next_attempt_is_reported_and_taken_back()
    {
        var (sampler, connections) = Observed.Create(_clock, count: 1);
        var at = _clock.GetUtcNow() + TimeSpan.FromSeconds(3);
        connections[0].Move(LateConnectionState.Connecting, "Attempt 1 is in progress.");
        connections[0].Move(LateConnectionState.Reconnecting, "Refused.");
        connections[0].Status = connections[0].Status with { NextAttemptAt = at, Attempt = 1 };
        using var viewer = sampler.Join();
        var first = Assert.Single(Next(viewer).GetProperty("connections").EnumerateArray());

        connections[0].Move(LateConnectionState.Connecting, "Attempt 2 is in progress.");
        _clock.Advance(Sampler.Interval);
        var second = Assert.Single(Next(viewer).GetProperty("connections").EnumerateArray());

        Assert.Equal(at.ToUnixTimeMilliseconds(), first.GetProperty("nextAttemptAt").GetInt64());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("nextAttemptAt").ValueKind);
    }

    [Fact]
    public void A_page_that_comes_later_receives_what_the_others_know()
    {
        var (sampler, connections) = Observed.Create(_clock, count: 1);
        using var first = sampler.Join();
        Next(first);
        connections[0].Statistics = new LateConnectionStatistics { FramesReceived = 7 };
        _clock.Advance(Sampler.Interval);

        using var second = sampler.Join();
        var snapshot = Assert.Single(Next(second).GetProperty("connections").EnumerateArray());
        connections[0].Statistics = new LateConnectionStatistics { FramesReceived = 8 };
        _clock.Advance(Sampler.Interval);

        Assert.Equal(7, snapshot.GetProperty("framesIn").GetInt64());
        Assert.Equal(8, Assert.Single(Next(second).GetProperty("connections").EnumerateArray()).GetProperty("framesIn").GetInt64());
    }

    [Fact]
    public void Connections_that_come_and_go_while_a_page_is_open_are_reported()
    {
        var (sampler, connections) = Observed.Create(_clock, count: 0);
        ListedConnection[] all = [new("c0", _clock), new("c1", _clock), new("c2", _clock)];
        using var viewer = sampler.Join();
        Assert.Empty(Next(viewer).GetProperty("connections").EnumerateArray());

        connections.AddRange(all.Take(2));
        _clock.Advance(Sampler.Interval);
        Assert.Equal([(0, "c0"), (1, "c1")], Named(Next(viewer)));

        connections.Remove(all[0]);
        connections.Add(all[2]);
        _clock.Advance(Sampler.Interval);
        var received = Next(viewer);
        Assert.Equal([(2, "c2")], Named(received));
        Assert.Equal([0], received.GetProperty("gone").EnumerateArray().Select(static id => id.GetInt32()));

        _clock.Advance(Sampler.Interval);
        Assert.False(Next(viewer).TryGetProperty("gone", out _));
        using var later = sampler.Join();
        Assert.Equal([(1, "c1"), (2, "c2")], Named(Next(later)));
        Assert.Null(sampler.FindDetails(0));
        Assert.NotNull(sampler.FindDetails(2));
    }

    [Fact]
    public void A_page_that_does_not_read_is_sent_away_and_holds_up_no_other()
    {
        var (sampler, _) = Observed.Create(_clock, count: 1);
        using var slow = sampler.Join();
        using var reading = sampler.Join();

        for (var i = 0; i < 20; i++)
        {
            Next(reading);
            _clock.Advance(Sampler.Interval);
        }

        Assert.InRange(Observed.Drain(slow), 1, 10);
        Assert.True(slow.Messages.Completion.IsCompleted);
        Assert.False(reading.Messages.Completion.IsCompleted);
    }

    [Fact]
    public void It_runs_while_a_page_is_open_and_no_longer()
    {
        var (sampler, _) = Observed.Create(_clock, count: 1);
        Assert.False(sampler.IsRunning);

        var (first, second) = (sampler.Join(), sampler.Join());
        first.Dispose();
        Assert.True(sampler.IsRunning);
        second.Dispose();

        Assert.False(sampler.IsRunning);
        Assert.Equal(0, _clock.Samplers);
    }

    private static IEnumerable<string?> Changes(JsonElement connection) =>
        connection.GetProperty("changes").EnumerateArray().Select(static change => change[1].GetString());

    private static IEnumerable<(int, string?)> Named(JsonElement message) =>
        message.GetProperty("connections").EnumerateArray().Select(static connection => (connection.GetProperty("id").GetInt32(), connection.GetProperty("name").GetString()));

    private static JsonElement Next(Viewer viewer)
    {
        Assert.True(viewer.Messages.TryRead(out var message));
        var text = Encoding.UTF8.GetString(message.Span);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        return JsonElement.Parse(text.Split("data: ")[1]);
    }
}
