using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Diagnostics;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;

namespace Late.Hosting.Tests.Connection.Reconnecting;

public sealed class ReconnectPipelineTests
{
    private const int Clients = 1000;

    private static readonly LateSessionOutcome s_lost = new()
    {
        Disconnect = new LateDisconnect { Reason = LateDisconnectReason.ConnectionLost, Description = "The server went down." },
        ShouldReconnect = true,
    };

    private static readonly LateSessionOutcome s_refused = new()
    {
        Exception = new LateConnectException("Test", "No server is there."),
        ShouldReconnect = true,
    };

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(30)]
    public async Task P10_of_1000_clients_of_a_server_that_restarts_fewer_than_a_tenth_come_in_the_same_100_ms(double secondsAway)
    {
        var attempts = new List<double>();
        var random = new Random(42);
        for (var client = 0; client < Clients; client++)
        {
            attempts.AddRange((await AttemptsAsync(new LateConnectionOptions(), random.NextDouble, TimeSpan.FromSeconds(secondsAway))).Select(at => at.TotalMilliseconds));
        }

        attempts.Sort();
        var busiest = attempts.Select((first, index) => attempts.Skip(index).TakeWhile(next => next < first + 100).Count()).Max();
        Assert.InRange(attempts.Count, Clients, 10 * Clients);
        Assert.True(busiest < attempts.Count / 10, $"Of {attempts.Count} attempts, {busiest} came within 100 ms.");
    }

    [Theory]
    [InlineData(2, 30, 7.2)]
    [InlineData(2, 5, 4.5)]
    public async Task P10_the_delay_after_a_loss_lies_evenly_between_none_and_four_base_delays_or_MaxDelay(double baseDelay, double maxDelay, double expected)
    {
        var options = new LateConnectionOptions
        {
            Reconnect = { BaseDelay = TimeSpan.FromSeconds(baseDelay), MaxDelay = TimeSpan.FromSeconds(maxDelay) },
        };

        Assert.Equal([TimeSpan.FromSeconds(expected)], await AttemptsAsync(options, () => 0.9, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public async Task P10_a_drawn_delay_is_never_so_short_that_a_timer_does_not_wait_for_it(double secondsAway)
    {
        var attempts = await AttemptsAsync(new LateConnectionOptions(), () => 0, TimeSpan.FromSeconds(secondsAway));

        Assert.Equal(TimeSpan.FromMilliseconds(1), attempts[0]);
        Assert.All(attempts.Zip(attempts.Skip(1)), static pair => Assert.InRange(pair.Second - pair.First, TimeSpan.FromMilliseconds(1), TimeSpan.MaxValue));
    }

    [Theory]
    [InlineData(DelayBackoffType.Constant)]
    [InlineData(DelayBackoffType.Linear)]
    public async Task Another_backoff_of_the_users_is_left_as_it_is(DelayBackoffType backoff)
    {
        var options = new LateConnectionOptions { Reconnect = { BaseDelay = TimeSpan.FromSeconds(2) } };
        var attempts = await AttemptsAsync(options, () => 0.5, TimeSpan.Zero, backoff);

        Assert.Equal([TimeSpan.FromSeconds(2)], attempts);
    }

    [Fact]
    public async Task A_delay_of_the_users_applies_after_a_loss_too()
    {
        var attempts = await AttemptsAsync(new LateConnectionOptions(), () => 0.9, TimeSpan.Zero, delay: TimeSpan.FromSeconds(5));

        Assert.Equal([TimeSpan.FromSeconds(18)], attempts);
    }

    /// <summary>When one client attempts, counted from the loss of its session, until a server is there that was away for so long.</summary>
    private static async Task<List<TimeSpan>> AttemptsAsync(
        LateConnectionOptions options, Func<double> randomizer, TimeSpan away, DelayBackoffType backoff = DelayBackoffType.Exponential, TimeSpan? delay = null)
    {
        var time = new JumpingTime();
        var log = new ConnectionLog(NullLogger.Instance);
        using var settings = new CurrentOptions<LateConnectionOptions>(() => options, [], static (_, _) => { });
        var hooks = new ConnectionHooks();
        hooks.Reconnect.Add((pipeline, context) =>
        {
            (context.Retry.Randomizer, context.Retry.BackoffType, context.Retry.Delay) = (randomizer, backoff, delay ?? context.Retry.Delay);
            pipeline.AddRetry(context.Retry);
        });
        var reconnect = new ReconnectPipeline(
            new ConnectionContext(ConnectionIdentity.OfHost("Test"), settings, time, log, new ConnectionMetrics(null)) { Services = null!, Hooks = hooks }, NullLoggerFactory.Instance, time);

        var attempts = new List<TimeSpan>();
        var isLoss = true;
        await reconnect.Build(new Backoff()).ExecuteAsync(_ =>
        {
            if (isLoss)
            {
                isLoss = false;
                return ValueTask.FromResult(s_lost);
            }

            attempts.Add(time.Elapsed);
            return ValueTask.FromResult(time.Elapsed < away ? s_refused : LateSessionOutcome.Now);
        });
        return attempts;
    }
}
