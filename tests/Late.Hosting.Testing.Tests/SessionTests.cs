using Late.Hosting.Testing.Tests.Support;

namespace Late.Hosting.Testing.Tests;

/// <summary>What the peer can do to a session, and what it can expect of one.</summary>
public sealed class SessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_go_both_ways()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Add(7), Token);
        Assert.Equal("1:7", await session.ReceiveTextAsync());
        session.Send("done 1 7");

        Assert.Equal(7, await call);
        Assert.Equal(["hello 0", "1:7"], session.Received.Select(static message => message.GetText()));
    }

    [Fact]
    public async Task A_script_answers_messages()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.OnMessage(message =>
        {
            var (id, number) = (message.GetText().Split(':')[0], message.GetText().Split(':')[1]);
            session.Send($"done {id} {number}");
        });

        Assert.Equal(100, (await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => host.Client.CallAsync(new Add(1), Token)))).Max());
    }

    [Fact]
    public async Task A_script_gets_first_what_had_come_before_it()
    {
        await using var host = new TestedHost();
        await host.StartAsync();
        var session = await host.Peer.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        var got = new List<string>();
        session.OnMessage(message => got.Add(message.GetText()));

        Assert.Equal(["hello 0"], got);
    }

    [Fact]
    public async Task What_a_message_script_throws_the_next_wait_throws()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.OnMessage(_ => throw new FormatException("script"));
        session.Send("count");

        await Assert.ThrowsAsync<FormatException>(session.ReceiveAsync);
    }

    [Fact]
    public async Task A_message_in_fragments_is_one_message()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.SendFragments("co", "", "un", "t");

        await session.ExpectAsync("3");
    }

    [Fact]
    public async Task A_message_byte_by_byte_is_one_message_and_takes_its_time_on_the_clock()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        var began = host.Clock.GetUtcNow();
        await session.SendSlowlyAsync(LateFrame.Text("count"), TimeSpan.FromSeconds(1));
        await session.ExpectAsync("3");

        // Two bytes of header and five of text.
        Assert.Equal(TimeSpan.FromSeconds(6), host.Clock.GetUtcNow() - began);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public async Task A_message_that_is_cut_anywhere_is_never_seen(int bytes)
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.SendPart(LateFrame.Text("count"), bytes);
        session.Drop();
        await session.WaitUntilEndedAsync();
        await (await host.Peer.AcceptAsync()).ExpectAsync("hello 0");

        Assert.Equal("hello 0", Assert.Single(session.Received).GetText());
    }

    [Fact]
    public async Task Raw_bytes_that_break_the_protocol_are_closed_with_1002()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.SendBytes([0xFF, 0x00]);

        await session.ExpectCloseAsync(LateCloseCode.ProtocolError);
        await session.WaitUntilEndedAsync();
    }

    [Fact]
    public async Task A_close_is_answered_with_its_code_and_the_session_ends()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.Close(4000, "Bye!");
        var close = await session.ExpectCloseAsync(4000);
        await session.WaitUntilEndedAsync();

        Assert.Equal(new LateTestClose(4000, ""), close);
        Assert.Contains("\"Bye!\"", host.Client.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_close_without_a_code_is_answered_without_one()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.Close(null);

        Assert.Null((await session.ExpectCloseAsync()).Code);
    }

    [Fact]
    public async Task An_end_without_a_close_frame_is_a_lost_connection()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.End();
        await session.WaitUntilEndedAsync();

        Assert.Equal("The server ended the connection without a close frame.", host.Client.Status.Reason);
        Assert.Null(session.Closed);
    }

    [Fact]
    public async Task A_close_that_is_not_answered_is_abandoned_after_CloseTimeout()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        session.AnswersClose = false;
        var stopping = host.StopAsync();
        await session.ExpectCloseAsync(LateCloseCode.NormalClosure);
        Assert.False(stopping.IsCompleted);
        await host.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(5));
        host.Clock.Advance(TimeSpan.FromSeconds(5));

        await stopping;
        Assert.True(session.IsEnded);
    }

    [Fact]
    public async Task Something_else_than_expected_is_reported_with_both()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        _ = host.Client.CallAsync(new Add(7), Token);

        Assert.Equal("Expected \"bye\" and received \"1:7\".", (await Assert.ThrowsAsync<LateTestException>(() => session.ExpectAsync("bye"))).Message);
    }

    [Fact]
    public async Task What_cannot_come_any_more_fails_immediately_and_reports_what_came()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        await host.StopAsync();

        Assert.Equal(
            "Expected \"bye\", and it cannot come any more. It has sent \"hello 0\". Then it closed with 1000 \"\".",
            (await Assert.ThrowsAsync<LateTestException>(() => session.ExpectAsync("bye"))).Message);
        Assert.StartsWith("Expected a ping, and it cannot come", (await Assert.ThrowsAsync<LateTestException>(session.ExpectPingAsync)).Message, StringComparison.Ordinal);
        Assert.Equal(
            "Expected a close frame with 1001 and received one with 1000 \"\".",
            (await Assert.ThrowsAsync<LateTestException>(() => session.ExpectCloseAsync(1001))).Message);
    }

    [Fact]
    public async Task What_does_not_come_fails_after_the_limit_and_reports_what_came()
    {
        await using var host = new TestedHost();
        var session = await host.ReadyAsync();
        host.Peer.WaitLimit = TimeSpan.FromMilliseconds(1);

        Assert.Equal(
            "Expected a close frame. It has sent \"hello 0\". Waited for 0.001 s of real time.",
            (await Assert.ThrowsAsync<LateTestException>(() => session.ExpectCloseAsync())).Message);
    }
}
