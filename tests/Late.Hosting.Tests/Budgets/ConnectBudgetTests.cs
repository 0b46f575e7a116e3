using System.Net;
using System.Threading.RateLimiting;
using Late.Hosting.Budgets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Late.Hosting.Tests.Budgets;

/// <summary>Which attempt may begin when, of those that share a budget.</summary>
public sealed class ConnectBudgetTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LateConnectBudgetOptions _options = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Permits_come_in_order_and_evenly_spread()
    {
        _options.PerSecond = 10;
        using var budget = Create();
        var permits = Wait(budget, 5);

        for (var i = 0; i < permits.Count; i++)
        {
            await permits[i].WaitAsync(Token);
            Assert.Equal(4 - i, budget.Waiting);
            Assert.All(permits[(i + 1)..], static permit => Assert.False(permit.IsCompleted));
            _time.Advance(TimeSpan.FromMilliseconds(99));
            Assert.Equal(4 - i, budget.Waiting);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public async Task In_no_second_are_there_more_permits_than_the_rate_and_the_burst_allow()
    {
        (_options.PerSecond, _options.Burst) = (500, 10);
        using var budget = Create();
        _time.Advance(TimeSpan.FromMinutes(1));
        var began = new List<TimeSpan>();
        var start = _time.GetTimestamp();
        var permits = Wait(budget, 2_000);
        var random = new Random(42);
        while (budget.Waiting > 0)
        {
            began.AddRange(Enumerable.Repeat(_time.GetElapsedTime(start), permits.Count - budget.Waiting - began.Count));
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(1, 12))); // Timers that come late.
        }

        await Task.WhenAll(permits).WaitAsync(Token);
        Assert.InRange(_time.GetElapsedTime(start).TotalSeconds, 3.9, 4.1);
        Assert.All(began.Index(), permit => Assert.InRange(began.Skip(permit.Index).TakeWhile(next => next < permit.Item + TimeSpan.FromSeconds(1)).Count(), 1, 509));
    }

    [Fact]
    public async Task No_more_are_in_progress_than_Concurrency_allows()
    {
        _options.Concurrency = 2;
        using var budget = Create();
        var permits = Wait(budget, 4);
        using var first = await permits[0].WaitAsync(Token);
        var second = await permits[1].WaitAsync(Token);
        Assert.Equal(2, budget.Waiting);

        second.Dispose();

        await permits[2].WaitAsync(Token);
        Assert.Equal(1, budget.Waiting);
        Assert.False(permits[3].IsCompleted);
    }

    [Fact]
    public async Task An_attempt_that_is_canceled_leaves_the_line_and_takes_no_permit()
    {
        _options.PerSecond = 1;
        using var budget = Create();
        await budget.WaitAsync("a", Token);
        using var impatient = new CancellationTokenSource();
        var first = budget.WaitAsync("b", impatient.Token);
        var second = budget.WaitAsync("c", Token);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(1, budget.Waiting);
        _time.Advance(TimeSpan.FromSeconds(1));

        await second.WaitAsync(Token);
    }

    [Theory]
    [InlineData(429, 60, 60)]
    [InlineData(503, 60, 60)]
    [InlineData(429, null, 5)]
    [InlineData(503, null, 0)]
    [InlineData(500, 60, 0)]
    public async Task A_server_that_asks_one_to_wait_holds_all_and_then_they_go_one_by_one(int status, int? retryAfter, int held)
    {
        (_options.PerSecond, _options.Burst) = (10, 3);
        using var budget = Create();

        budget.OnRefused(new LateConnectException("a", "No.") { StatusCode = (HttpStatusCode)status, RetryAfter = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null });
        var permits = Wait(budget, 3);
        if (held > 0)
        {
            _time.Advance(TimeSpan.FromSeconds(held) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(3, budget.Waiting);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await permits[0].WaitAsync(Token);
            Assert.Equal(2, budget.Waiting);
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await permits[1].WaitAsync(Token);
            Assert.Equal(1, budget.Waiting);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await Task.WhenAll(permits).WaitAsync(Token);
    }

    [Fact]
    public async Task A_permit_that_was_about_to_come_waits_for_a_server_that_asks_to_wait()
    {
        _options.PerSecond = 1;
        using var budget = Create();
        await budget.WaitAsync("a", Token);
        var next = budget.WaitAsync("b", Token);

        budget.OnRefused(new LateConnectException("a", "No.") { StatusCode = HttpStatusCode.TooManyRequests, RetryAfter = TimeSpan.FromSeconds(10) });
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal(1, budget.Waiting);
        _time.Advance(TimeSpan.FromSeconds(0.001));

        await next.WaitAsync(Token);
    }

    [Fact]
    public async Task A_limiter_of_the_application_is_asked_until_it_allows_and_gets_its_permit_back()
    {
        await using var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 0 });
        using var budget = Create(new LimiterPermits(limiter, _time));
        var permits = Wait(budget, 3);
        var first = await permits[0].WaitAsync(Token);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(2, budget.Waiting);

        first.Dispose();
        _time.Advance(TimeSpan.FromSeconds(0.1));

        await permits[1].WaitAsync(Token);
        Assert.Equal(1, budget.Waiting);
    }

    [Fact]
    public async Task A_limiter_that_throws_fails_the_attempt_that_asked()
    {
        var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 0 });
        await limiter.DisposeAsync();
        using var budget = Create(new LimiterPermits(limiter, _time));

        var error = await Assert.ThrowsAsync<LateConnectException>(() => budget.WaitAsync("a", Token));

        Assert.Contains("'test'", error.Message, StringComparison.Ordinal);
        Assert.IsType<ObjectDisposedException>(error.InnerException);
    }

    [Fact]
    public async Task A_limiter_that_cancels_by_itself_fails_the_attempt_that_asked()
    {
        using var budget = Create(new CancelledPermits());

        var error = await Assert.ThrowsAsync<LateConnectException>(() => budget.WaitAsync("a", Token));

        Assert.IsType<OperationCanceledException>(error.InnerException);
    }

    private static List<Task<IDisposable>> Wait(ConnectBudget budget, int count) =>
        [.. Enumerable.Range(0, count).Select(number => budget.WaitAsync($"{number}", Token))];

    private ConnectBudget Create(IPermits? permits = null) =>
        new("test", permits ?? new OwnPermits(() => _options, _time), () => _options, _time, new BudgetLog(NullLogger.Instance));

    private sealed class CancelledPermits : IPermits
    {
        public Task<IDisposable> AcquireAsync(CancellationToken cancellationToken) => throw new OperationCanceledException();

        public void StartOver(TimeSpan after)
        {
        }
    }
}
