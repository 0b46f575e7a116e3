using Microsoft.Extensions.Options;

namespace Late.Hosting.Tests.Supervision;

/// <summary>The options of supervised connections: where they come from, and how they follow the configuration.</summary>
public sealed class SupervisorOptionsTests
{
    [Fact]
    public async Task Options_are_the_section_then_the_supervisors_delegate_then_that_of_the_start()
    {
        await using var host = new SupervisedHost(
            options => (options.MailboxCapacity, options.MaxMessageBytes) = (options.MailboxCapacity + 1, 2),
            settings: new() { ["Late:Device:MailboxCapacity"] = "10", ["Late:Device:Uri"] = "ws://section.example/" });
        await host.StartAsync();
        LateConnectionOptions? seen = null;

        await host.StartAsync("a", options =>
        {
            options.MaxMessageBytes += options.MailboxCapacity;
            seen = options;
        });
        await host.StartAsync("b");

        Assert.Equal((11, 13), (seen!.MailboxCapacity, seen.MaxMessageBytes));
        Assert.Equal(new Uri("ws://section.example/"), (await host.Peers["a"].NextAttemptAsync()).Uri);
        Assert.Equal(new Uri("ws://section.example/"), (await host.Peers["b"].NextAttemptAsync()).Uri);
    }

    [Fact]
    public async Task A_reload_reaches_connections_that_run_and_keeps_what_their_starts_specified()
    {
        await using var host = new SupervisedHost(settings: new() { ["Late:Device:Headers:X-Version"] = "1" });
        await host.StartAsync();
        var (_, session) = await host.ReadyAsync("a", options => options.Headers["X-Serial"] = "a");

        host.Configuration["Late:Device:Headers:X-Version"] = "2";
        host.Configuration.Reload();
        await session.ExpectCloseAsync(LateCloseCode.NormalClosure);
        var attempt = await host.Peers["a"].NextAttemptAsync();

        Assert.Equal(("2", "a"), (attempt.Headers["X-Version"].ToString(), attempt.Headers["X-Serial"].ToString()));
    }

    [Fact]
    public async Task A_reload_with_wrong_settings_is_logged_for_each_connection_and_refused()
    {
        await using var host = new SupervisedHost(settings: new() { ["Late:Device:MailboxCapacity"] = "10" });
        await host.StartAsync();
        var (client, _) = await host.ReadyAsync("a");

        host.Configuration["Late:Device:MailboxCapacity"] = "-1";
        host.Configuration["Late:Supervisors:Device:MaxConnections"] = "-1";
        host.Configuration.Reload();

        Assert.Equal(2, host.Logs.GetSnapshot().Count(static record => record.Id.Name == "ReloadRefused"));
        Assert.Equal(LateConnectionState.Ready, client.State);
    }

    [Fact]
    public async Task P13_everything_that_is_wrong_with_a_supervisor_stops_the_host_at_its_start_in_one_message()
    {
        await using var host = new SupervisedHost(settings: new()
        {
            ["Late:Device:MailboxCapacity"] = "0",
            ["Late:Supervisors:Device:MaxConnections"] = "0",
            ["Late:Supervisors:Device:OnFault"] = "Explode",
            ["Late:Supervisors:Device:Mood"] = "good",
        });

        var error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.Contains("Late:Supervisors:Device:MaxConnections is 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("Late:Supervisors:Device:OnFault cannot be read: it is one of Remove, Keep, Restart.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Late:Supervisors:Device:Mood is not an option.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Late:Device:MailboxCapacity is 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_options_of_a_start_are_its_callers_and_the_key_stays_free()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync("a", static options => options.MailboxCapacity = 0));

        Assert.Contains("MailboxCapacity is 0", error.Message, StringComparison.Ordinal);
        Assert.Equal("Device/a", error.OptionsName);
        Assert.Empty(host.Devices.Connections);
    }

    [Fact]
    public async Task An_address_may_come_with_the_start()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();

        await host.StartAsync("a", static options => options.Uri = new Uri("ws://a.example/"));

        Assert.Equal(new Uri("ws://a.example/"), (await host.Peers["a"].NextAttemptAsync()).Uri);
    }
}
