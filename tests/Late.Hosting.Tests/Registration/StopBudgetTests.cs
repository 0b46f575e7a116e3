using Late.Hosting.Tests.Support;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Late.Hosting.Tests.Registration;

/// <summary>P9: a stop that may exceed the host's shutdown timeout is known at its start.</summary>
public sealed class StopBudgetTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 30, false, null)]
    [InlineData(3, 30, false, "The host may take 00:00:45 to stop its 3 connections one after the other (CallbackGracePeriod twice, and CloseTimeout), longer than HostOptions.ShutdownTimeout (00:00:30); each part of a stop is then cut to its share. To avoid it, set HostOptions.ServicesStopConcurrently, raise ShutdownTimeout, or lower these options")]
    [InlineData(3, 30, true, null)]
    [InlineData(1, 10, false, "The host may take 00:00:15 to stop its connection (CallbackGracePeriod twice, and CloseTimeout), longer than HostOptions.ShutdownTimeout (00:00:10); each part of a stop is then cut to its share. To avoid it, raise ShutdownTimeout, or lower these options")]
    [InlineData(0, 1, false, null)]
    [InlineData(3, -1, false, null)]
    public async Task P9_a_stop_that_may_exceed_the_shutdown_timeout_is_a_warning_with_the_sum(int connections, int shutdownTimeout, bool isConcurrent, string? warning)
    {
        var logs = new FakeLogCollector();
        using var host = Build(logs, connections, shutdownTimeout, isConcurrent);
        await host.StartAsync(Token);
        await host.StopAsync(Token);

        Assert.Equal(warning is null ? [] : [warning], logs.GetSnapshot().Where(static record => record.Id.Name == "StopMayExceed").Select(static record => record.Message));
    }

    [Theory]
    [InlineData(0, 30, null)]
    [InlineData(0, 10, "The host may take 00:00:15 to stop its supervisor (")]
    [InlineData(1, 30, null)]
    [InlineData(2, 30, "The host may take 00:00:45 to stop its 2 connections and supervisor one after the other (")]
    public async Task P9_the_sum_has_the_connections_of_a_supervisor_which_stop_concurrently(int connections, int shutdownTimeout, string? warning)
    {
        var logs = new FakeLogCollector();
        using var host = Build(logs, connections, shutdownTimeout, isConcurrent: false, hasSupervisor: true);
        await host.StartAsync(Token);
        await host.StopAsync(Token);

        var messages = logs.GetSnapshot().Where(static record => record.Id.Name == "StopMayExceed").Select(static record => record.Message).ToArray();
        Assert.Equal(warning is null ? 0 : 1, messages.Length);
        Assert.All(messages, message => Assert.StartsWith(warning!, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task P9_a_stop_logs_what_it_waits_for()
    {
        var handler = new ScriptedHandler
        {
            Info = static async (_, state, ct) =>
            {
                await new TaskCompletionSource().Task.WaitAsync(ct);
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler, options => options.CallbackGracePeriod = TimeSpan.FromSeconds(7));
        await host.ReadyAsync();
        await host.Client.PostAsync(new Note("slow"), Token);
        await handler.SkipToAsync("Info slow");

        var stop = host.StopAsync(Token);
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(7));
        host.Time.Advance(TimeSpan.FromSeconds(7));
        await stop;

        Assert.Equal(
            "Forwarding: stopping waits for HandleInfo, for at most 00:00:07",
            Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "StopWaits").Message);
    }

    [Fact]
    public async Task P9_a_log_that_blocks_at_what_a_stop_waits_for_does_not_keep_it_from_canceling_the_callback()
    {
        using var canceled = new ManualResetEventSlim();
        var handler = new ScriptedHandler
        {
            Info = async (_, state, ct) =>
            {
                try
                {
                    await new TaskCompletionSource().Task.WaitAsync(ct);
                    return LateResult.Ok(state);
                }
                finally
                {
                    canceled.Set();
                }
            },
        };
        var blocking = FakeLogCollector.Create(new FakeLogCollectorOptions
        {
            OutputSink = line =>
            {
                if (line.Contains("stopping waits for", StringComparison.Ordinal))
                {
                    canceled.Wait(Token);
                }
            },
        });
        await using var host = new TestHost(
            handler, options => options.CallbackGracePeriod = TimeSpan.FromSeconds(7), connection => connection.Services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(blocking)));
        await host.ReadyAsync();
        await host.Client.PostAsync(new Note("slow"), Token);
        await handler.SkipToAsync("Info slow");

        var stop = host.StopAsync(Token);
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromSeconds(7));
        host.Time.Advance(TimeSpan.FromSeconds(7));

        await stop;
    }

    private static IHost Build(FakeLogCollector logs, int connections, int shutdownTimeout, bool isConcurrent, bool hasSupervisor = false)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(logs));
        builder.Services.AddSingleton(new ScriptedHandler());
        builder.Services.Configure<HostOptions>(options =>
            (options.ShutdownTimeout, options.ServicesStopConcurrently) = (shutdownTimeout < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(shutdownTimeout), isConcurrent));
        if (hasSupervisor)
        {
            builder.Services.AddLateSupervisor<ForwardingHandler>();
        }

        foreach (var name in Enumerable.Range(1, connections).Select(static number => $"feed{number}"))
        {
            builder.Services.AddKeyedSingleton<ITransport>(name, new FakeTransport());
            builder.Services.AddLateConnection<ForwardingHandler>(name, static options => options.Uri = new Uri("ws://feed.example"));
        }

        return builder.Build();
    }
}
