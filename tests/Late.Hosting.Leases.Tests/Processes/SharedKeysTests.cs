using System.Diagnostics;

namespace Late.Hosting.Leases.Tests.Processes;

/// <summary>
/// Two processes share the keys of a supervisor, and each is restarted: one is asked to end, the other one is killed. Afterwards each has half of the keys, with a difference
/// of a fifth at most, and no key has ever had two owners. How long that takes, and the requests to the store, are written to the output.
/// </summary>
public sealed class SharedKeysTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("redis")]
    [InlineData("postgres")]
    [InlineData("files")]
    public Task P21_Two_hosts_share_ten_keys_also_after_a_restart_of_each(string store) => RestartEachAsync(store, keys: 10, ttl: 3000, beat: 50);

    [Theory(Explicit = true)] // A measurement with the default options: it takes minutes.
    [InlineData("redis", 10)]
    [InlineData("redis", 1000)]
    [InlineData("postgres", 10)]
    [InlineData("postgres", 1000)]
    [InlineData("files", 10)]
    [InlineData("files", 1000)]
    public Task P21_Two_hosts_share_keys_with_the_default_options(string store, int keys) => RestartEachAsync(store, keys, ttl: 15_000, beat: 10_000);

    private async Task RestartEachAsync(string store, int keys, int ttl, int beat)
    {
        await using var hosts = new TwoHosts(store);
        await hosts.OpenAsync();
        await using var shared = new SharedKeys(hosts, keys, ttl, beat);
        var begun = Stopwatch.GetTimestamp();
        var one = shared.Start("one");
        Write("one host has all keys", begun, (await shared.AllAsync(one)).At);

        begun = Stopwatch.GetTimestamp();
        var two = shared.Start("two");
        await SpreadAsync("after the start of the second host", one, two, begun);

        var asked = two.Signal("TERM");
        Write("the other host has all keys after SIGTERM", asked, (await shared.AllAsync(one, asked)).At);
        await two.ExitAsync();
        begun = Stopwatch.GetTimestamp();
        two = shared.Start("three");
        await SpreadAsync("after the restart of the second host", one, two, begun);

        var killed = one.Signal("KILL");
        Write("the other host has all keys after SIGKILL", killed, (await shared.AllAsync(two, killed)).At);
        begun = Stopwatch.GetTimestamp();
        one = shared.Start("four");
        await SpreadAsync("after the restart of the first host", one, two, begun);
        hosts.AssertOneOwner();

        async Task SpreadAsync(string what, Child first, Child second, long since)
        {
            var (at, ofFirst) = await shared.SpreadAsync(first, second, since);
            Write($"{ofFirst} and {keys - ofFirst} keys {what}", since, at);

            // Then nothing moves any more: so many requests does it cost.
            at = Stopwatch.GetTimestamp();
            await Task.Delay(TimeSpan.FromMilliseconds(ttl), TimeProvider.System, TestContext.Current.CancellationToken);
            output.WriteLine($"{store}, {keys} keys: {SharedKeys.RequestsPerSecond(first, at):0.0} and {SharedKeys.RequestsPerSecond(second, at):0.0} requests a second");
        }

        void Write(string what, long from, long to) => output.WriteLine($"{store}, {keys} keys: {what}: {TwoHosts.Seconds(from, to):0.0} s");
    }
}
