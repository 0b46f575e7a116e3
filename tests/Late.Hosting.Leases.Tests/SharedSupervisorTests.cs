using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Leases.Tests.Support;
using Late.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Late.Hosting.Leases.Tests;

/// <summary>
/// A supervisor with two keys, and another host that shares them: this one looks for others every 1.8 s, since chance is switched off, counts one after three looks, and
/// asks for a key that it does not have every 0.63 s, at other times.
/// </summary>
public sealed class SharedSupervisorTests : IAsyncDisposable
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly LateTestClock _clock = new();
    private readonly LateTestPeers _peers;
    private readonly MemoryStore _store;
    private readonly CallbackTrace _trace = new();
    private readonly FakeLogCollector _logs = new();
    private readonly IHost _host;

    public SharedSupervisorTests()
    {
        (_peers, _store) = (new LateTestPeers(_clock), new MemoryStore(_clock));
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(_trace);
        builder.Services.AddSingleton<Randomizer>(static () => 0.5);
        builder.Services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(_logs));
        builder.Services.AddLateTestPeers<OwnedHandler>(_peers);
        builder.Services.AddLateSupervisor<OwnedHandler>().UseLease("devices", static options => options.AcquireInterval = TimeSpan.FromSeconds(0.7));
        builder.Services.AddSingleton<ILateLeaseStore>(_store);
        _host = builder.Build();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ILateSupervisor<OwnedHandler> Devices => _host.Services.GetRequiredService<ILateSupervisor<OwnedHandler>>();

    [Fact]
    public async Task P18_A_host_that_has_more_than_its_share_hands_a_key_over_with_a_goodbye()
    {
        await _host.StartAsync(Token);
        var (one, two) = (await ReadyAsync("1"), await ReadyAsync("2"));
        _store.Grant("devices:host:1", s_hour);

        // Until both have been here for the time to live, with renewals after 4, 8 and 12 s.
        for (var i = 0; i < 8; i++)
        {
            await LookAsync();
            Assert.Equal(["hello"], one.Received.Concat(two.Received).Select(static frame => frame.GetText()).Distinct());
        }

        var terminating = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _trace.Terminating = terminating.Task;
        await LookAsync();
        var handedOver = await LoggedAsync("LeaseHandedOver");
        Assert.EndsWith("this host had 2 of 2 keys, which 2 hosts share.", handedOver, StringComparison.Ordinal);
        var (key, session) = handedOver.StartsWith("Owned/1:", StringComparison.Ordinal) ? ("1", one) : ("2", two);
        await session.ExpectAsync("bye");
        await session.ExpectCloseAsync(LateCloseCode.NormalClosure);
        while (await _trace.NextAsync() != "Terminate LeaseLost")
        {
        }

        // Its requests are due at other times than the looks.
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.NotNull(_store.Held($"devices/{key}"));
        terminating.SetResult();
        while (await _store.NextAsync("Release") is var release && release.Name != $"devices/{key}")
        {
        }

        // It asks again after three requests that it leaves out, the first without a delay; and no other host has taken it.
        Assert.True(Devices.TryGet(key, out var client));
        await PassAsync(0.63);
        await PassAsync(0.63);
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(0.63));
        Assert.Equal((LateConnectionState.Standby, null), (client.State, _store.Held($"devices/{key}")));
        _clock.Advance(TimeSpan.FromSeconds(0.63));
        await (await _peers[key].AcceptAsync()).WaitUntilReadyAsync();
    }

    [Fact]
    public async Task A_host_that_has_its_share_leaves_free_keys_to_others_for_three_requests()
    {
        _store.Grant("devices/2", s_hour);
        _store.Grant("devices:host:1", s_hour);
        await _host.StartAsync(Token);
        await ReadyAsync("1");
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        await Devices.StartAsync("2", cancellationToken: Token);
        await PassUntilHostsChangeAsync(times: 1);

        // Each fourth; more where a look at the seats takes too long on this clock.
        Assert.InRange(await CountRequestsAsync(12), 3, 6);

        // The other host has ended: from now on each request is made.
        _store.Free("devices:host:1");
        await PassUntilHostsChangeAsync(times: 2);
        Assert.Equal(12, await CountRequestsAsync(12));
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _host.StopAsync(now.Token);
        _host.Dispose();
    }

    private async Task<LateTestSession> ReadyAsync(string key)
    {
        await Devices.StartAsync(key, cancellationToken: Token);
        var session = await _peers[key].AcceptAsync();
        await session.ExpectAsync("hello");
        await session.WaitUntilReadyAsync();
        return session;
    }

    /// <summary>Lets time pass until the host looks for others again.</summary>
    private Task LookAsync() => PassAsync(1.8);

    private async Task PassUntilHostsChangeAsync(int times)
    {
        while (_logs.GetSnapshot().Count(static entry => entry.Id.Name == "HostsChanged") < times)
        {
            await PassAsync(0.63);
        }
    }

    /// <summary>Counts the requests for the second key in so many times between two.</summary>
    private async Task<int> CountRequestsAsync(int times)
    {
        var requests = 0;
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(0.63));
        _store.Before = (request, _) =>
        {
            Interlocked.Add(ref requests, request is { Operation: "Acquire", Name: "devices/2" } ? 1 : 0);
            return Task.CompletedTask;
        };
        for (var i = 0; i < times; i++)
        {
            await PassAsync(0.63);
        }

        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(0.63));
        return requests;
    }

    private async Task PassAsync(double seconds)
    {
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(seconds));
        _clock.Advance(TimeSpan.FromSeconds(seconds));
    }

    private async Task<string> LoggedAsync(string name)
    {
        await foreach (var entry in _logs.GetLogsAsync(Token))
        {
            if (entry.Id.Name == name)
            {
                return entry.Message;
            }
        }

        throw new InvalidOperationException($"The log has ended without {name}.");
    }
}
