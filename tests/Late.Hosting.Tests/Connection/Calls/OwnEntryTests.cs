using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>Entries of <see cref="LatePendingCalls"/> for which no caller waits.</summary>
public sealed class OwnEntryTests
{
    private readonly LatePendingCalls _pending = new();
    private readonly ScriptedHandler _handler = new();
    private LateContext? _context;

    public OwnEntryTests()
    {
        _handler.Init = (context, _) =>
        {
            _context = context;
            return new(0);
        };
        _handler.Connect = (state, _) => LateResult.Send(state, LateFrame.Text($"{_pending.Add(_context!)}"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Any_reply_takes_the_entry_once()
    {
        await using var host = new TestHost(_handler);
        var id = await FirstIdAsync(host);

        Assert.Equal(1, _pending.Count);
        Assert.True(_pending.Reply(id, new object()));
        Assert.False(_pending.Reply(id, "again"));
        Assert.Equal(0, _pending.Count);
    }

    [Fact]
    public async Task An_entry_may_be_taken_out_and_failed_like_a_call()
    {
        await using var host = new TestHost(_handler);
        Assert.True(_pending.TryTake<string>(await FirstIdAsync(host), out var call));
        Assert.True(call.Reply("yes"));
        Assert.False(call.Reply("again"));
        Assert.True(call.IsEnded);

        var id = _pending.Add(_context!);
        Assert.True(_pending.Fail(id, new FormatException()));
        Assert.False(_pending.Reply(id, "late"));
    }

    [Fact]
    public async Task P5_an_entry_expires_after_CallTimeout_on_the_connections_clock()
    {
        await using var host = new TestHost(_handler, static options => options.CallTimeout = TimeSpan.FromSeconds(3));
        var id = await FirstIdAsync(host);
        host.Time.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        Assert.Equal(1, _pending.Count);
        host.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(0, _pending.Count);
        Assert.False(_pending.Reply(id, "late"));
    }

    [Fact]
    public async Task P4_an_entry_ends_with_its_session()
    {
        await using var host = new TestHost(_handler, static options => options.CallTimeout = TimeSpan.FromDays(1));
        var entries = new List<int>();
        _handler.Disconnect = (_, state, _) =>
        {
            entries.Add(_pending.Count);
            return LateDisconnectResult.Ok(state);
        };
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        await socket.SentAsync();
        socket.Drop();
        await host.NextAttemptAsync();
        var next = await host.Transport.AcceptAsync();

        Assert.Equal("2", await next.SentAsync());
        Assert.Equal([0], entries);
        Assert.Equal(1, _pending.Count);
    }

    [Fact]
    public async Task Without_a_session_an_entry_is_refused()
    {
        _handler.Init = (context, _) =>
        {
            _context = context;
            Assert.Throws<LateDisconnectedException>(() => _pending.Add(context));
            return new(0);
        };
        await using var host = new TestHost(_handler);
        await FirstIdAsync(host);
        await host.StopAsync(Token);

        Assert.Throws<LateDisconnectedException>(() => _pending.TryAdd(7, _context!));
        Assert.Throws<ArgumentException>(() => _pending.Add(new LateContext("Ticker", new LateConnectionOptions(), host.Time)));
        Assert.Equal(0, _pending.Count);
    }

    [Fact]
    public async Task A_key_in_use_is_refused_and_leaves_no_entry()
    {
        await using var host = new TestHost(_handler);
        var id = await FirstIdAsync(host);

        Assert.False(_pending.TryAdd(id, _context!));
        Assert.True(_pending.TryAdd(7, _context!));
        Assert.Equal(2, _pending.Count);
    }

    [Fact]
    public async Task An_entry_is_no_call_of_the_statistics_and_holds_no_session_that_drains()
    {
        await using var host = new TestHost(_handler);
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        await host.Client.ReconnectAsync(new LateReconnect { FinishCalls = true }, Token);

        await socket.Closed;
        var statistics = ((ILateConnectionDirectory)host.Services.GetService(typeof(ILateConnectionDirectory))!).GetConnections()[0].GetStatistics();
        Assert.Equal((0L, 0L), (statistics.Calls, statistics.FailedCalls));
    }

    private static async Task<int> FirstIdAsync(TestHost host)
    {
        var socket = await host.ReadyAsync();
        return int.Parse(await socket.SentAsync(), null);
    }
}
