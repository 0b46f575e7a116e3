using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Testing.Tests;

/// <summary>A thread of the library that the system keeps waiting where it matters.</summary>
public sealed class SlowThreadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P3_the_next_attempt_follows_where_the_thread_that_ends_a_session_is_kept_waiting()
    {
        var peer = new LateTestPeer();
        var clock = new SlowClock(peer.Clock);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLateConnection<WaitingHandler>();
        builder.Services.AddLateTestPeer<WaitingHandler>(peer);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<Gates>();
        using var host = builder.Build();
        var client = host.Services.GetRequiredService<ILateClient<WaitingHandler>>();
        await host.StartAsync(Token);
        var session = await peer.AcceptAsync();
        await session.WaitUntilReadyAsync();
        session.Send("wait");
        var gates = host.Services.GetRequiredService<Gates>();
        await gates.Waits.Task;
        clock.Pause = () =>
        {
            clock.Pause = null;

            // The callback resumes, the session is closed, and the next attempt could begin.
            gates.Resume.SetResult();
            Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(200));
        };
        await Task.Run(() => client.ReconnectAsync("", Token), Token);

        Assert.Equal(2, (await peer.NextAttemptAsync()).Number);
        await host.StopAsync(Token);
    }

    public sealed class Gates
    {
        public TaskCompletionSource Waits { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Resume { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public sealed class WaitingHandler(Gates gates) : ILateHandler<int>
    {
        public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

        public async ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
        {
            gates.Waits.SetResult();
            await gates.Resume.Task.WaitAsync(cancellationToken);
            return LateResult.Ok(state);
        }
    }

    private sealed class SlowClock(LateTestClock clock) : TimeProvider
    {
        /// <summary>Runs where a thread next looks at how much time has passed.</summary>
        public Action? Pause { get; set; }

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override long GetTimestamp()
        {
            Pause?.Invoke();
            return clock.GetTimestamp();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(callback, state, dueTime, period);
    }
}
