using Late.Hosting.Dashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Dashboard.Tests.Endpoints;

/// <summary>The stream of events.</summary>
public sealed class StreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task A_page_receives_everything_and_then_what_changes()
    {
        var clock = new TestClock();
        await using var app = await DashboardApp.StartAsync(services => Add(services, clock, "eu", "us"));
        using var http = app.CreateClient();
        await using var events = await EventReader.OpenAsync(http);

        var (first, snapshot) = (await events.NextAsync())!.Value;
        clock.Advance(TimeSpan.FromSeconds(1));
        var (second, tick) = (await events.NextAsync())!.Value;

        Assert.Equal(("snapshot", "tick"), (first, second));
        Assert.Equal(["eu", "us"], snapshot.GetProperty("connections").EnumerateArray().Select(static connection => connection.GetProperty("name").GetString()));
        Assert.Equal(1000, tick.GetProperty("now").GetInt64() - snapshot.GetProperty("now").GetInt64());
    }

    [BoundedFact]
    public async Task The_stream_is_not_held_back_on_its_way()
    {
        await using var app = await DashboardApp.StartAsync();
        using var http = app.CreateClient();
        await using var events = await EventReader.OpenAsync(http);

        Assert.Equal("text/event-stream", events.Response.Content.Headers.ContentType!.MediaType);
        Assert.True(events.Response.Headers.CacheControl!.NoStore);
        Assert.True(events.Response.Headers.CacheControl.NoTransform);
        Assert.Equal("no", events.Response.Headers.GetValues("X-Accel-Buffering").Single());
    }

    [BoundedFact]
    public async Task Nothing_runs_while_no_page_is_open()
    {
        var clock = new TestClock();
        await using var app = await DashboardApp.StartAsync(services => Add(services, clock, "eu"));
        using var http = app.CreateClient();

        Assert.Equal(0, clock.Samplers);
        await using (var one = await EventReader.OpenAsync(http))
        {
            await using var another = await EventReader.OpenAsync(http);
            await one.NextAsync();
            await another.NextAsync();
            Assert.Equal(1, clock.Samplers);
        }

        await clock.NoSamplerAsync(Token);
    }

    [BoundedFact]
    public async Task An_open_page_does_not_hold_up_the_stop_of_the_application()
    {
        await using var app = await DashboardApp.StartAsync();
        using var http = app.CreateClient();
        await using var events = await EventReader.OpenAsync(http);
        await events.NextAsync();

        await app.StopAsync();

        Assert.Null(await events.NextAsync());
    }

    [BoundedFact]
    public async Task An_application_without_connections_has_a_page_that_shows_that()
    {
        await using var app = await DashboardApp.StartAsync();
        using var http = app.CreateClient();
        await using var events = await EventReader.OpenAsync(http);

        Assert.Equal(0, (await events.NextAsync())!.Value.Data.GetProperty("connections").GetArrayLength());
    }

    private static void Add(IServiceCollection services, TimeProvider clock, params IEnumerable<string> names)
    {
        services.AddSingleton(clock);
        foreach (var name in names)
        {
            // Nothing listens there: the connections wait for their next attempt, on a clock that stands still.
            services.AddLateConnection<QuietHandler>(name, static options => options.Uri = new Uri("ws://127.0.0.1:9/"));
        }
    }
}
