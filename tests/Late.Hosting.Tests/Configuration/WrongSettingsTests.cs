using System.Text;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Tests.Configuration;

/// <summary>P13: every wrong value of every option, in every form that a section can have, is one line with its path and what is wanted.</summary>
public sealed class WrongSettingsTests
{
    private const string Connection = WrongValues.Connection;
    private const string Supervisor = WrongValues.Supervisor;
    private const string Budget = WrongValues.Budget;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(WrongValues.All), MemberType = typeof(WrongValues))]
    public async Task P13_a_wrong_value_is_one_line_with_path_and_expectation(string path, string json, string wanted)
    {
        var error = await StartAsync(Nested(path, json));

        var lines = error.Split('\n').Where(line => line.Contains($"{path} ", StringComparison.Ordinal)).ToArray();
        Assert.Contains(wanted, Assert.Single(lines.Distinct()), StringComparison.Ordinal);
        Assert.DoesNotContain(WrongValues.Marker, error, StringComparison.Ordinal);
        Assert.Equal(lines, error.Split('\n').Where(static line => !line.TrimEnd().EndsWith("with these settings:", StringComparison.Ordinal)));
    }

    [Theory] // What is empty without being wrong: no list, no headers, no limit.
    [InlineData("SubProtocols", "[]")]
    [InlineData("SubProtocols", "null")]
    [InlineData("Headers", "{}")]
    [InlineData("Headers", """{ "A": "" }""")]
    [InlineData("Reconnect", "{}")]
    [InlineData("Reconnect", """{ "MaxAttempts": null }""")]
    [InlineData("CallTimeout", "\" 00:00:05 \"")]
    [InlineData("calltimeout", "\"00:00:05\"")]
    [InlineData("MailboxCapacity", "\" 5 \"")]
    [InlineData("Startup", "\"background\"")]
    [InlineData("HttpVersion", "2.0")]
    [InlineData("TraceFrames", "true")]
    [InlineData("Rotation", """{ "TimeOfDay": "04:00:30" }""")]
    public async Task What_is_right_is_taken(string option, string json) =>
        Assert.Equal("", await StartAsync(Nested($"{Connection}:{option}", json)));

    [Fact]
    public async Task P13_all_wrong_values_are_in_one_message()
    {
        var error = await StartAsync("""
            { "Late": {
                "Forwarding": { "CallTimeout": "", "SubProtocols": "x", "Headers": { "A": { "B": "x" } }, "Reconnect": { "MaxAttempts": "1,5" } },
                "Supervisors": { "Devices": { "MaxConnections": "" } },
                "Budgets": { "Venue": { "PerSecond": "0,5" } } } }
            """);

        foreach (var path in (string[])
        [
            $"{Connection}:CallTimeout is empty", $"{Connection}:SubProtocols is a single value", $"{Connection}:Headers:A is a section",
            $"{Connection}:Reconnect:MaxAttempts cannot be read", $"{Supervisor}:MaxConnections is empty", $"{Budget}:PerSecond cannot be read",
        ])
        {
            Assert.Contains(path, error, StringComparison.Ordinal);
        }
    }

    [Fact] // An environment variable that is set and empty, and one for an entry of a list.
    public async Task P13_wrong_environment_variables_are_named()
    {
        Environment.SetEnvironmentVariable("WRONGSETTINGS_Late__Forwarding__CallTimeout", "");
        Environment.SetEnvironmentVariable("WRONGSETTINGS_Late__Forwarding__SubProtocols__0", "");
        Environment.SetEnvironmentVariable("WRONGSETTINGS_LATE__FORWARDING__KEEPALIVE_TIMEOUT", "00:00:05");
        var error = await StartAsync("{}", static configuration => configuration.AddEnvironmentVariables("WRONGSETTINGS_"));

        Assert.Contains($"{Connection}:CallTimeout is empty: {WrongValues.Time}", error, StringComparison.Ordinal);
        Assert.Contains($"{Connection}:SubProtocols:0 is empty: it is a single text.", error, StringComparison.Ordinal);
        Assert.Contains(":KEEPALIVE_TIMEOUT is not an option. Did you mean KeepAliveTimeout?", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CalTimeout", "Did you mean CallTimeout? There are:")]
    [InlineData("Timeout", "is not an option. There are:")]
    [InlineData("Url", "Did you mean Uri? There are:")]
    [InlineData("SubProtocol", "Did you mean SubProtocols?")]
    [InlineData("Subprotcols", "Did you mean SubProtocols?")]
    [InlineData("Reconect", "Did you mean Reconnect?")]
    [InlineData("BaseDelay", "It belongs in Late:Forwarding:Reconnect.")]
    [InlineData("TimeOfDay", "It belongs in Late:Forwarding:Rotation.")]
    [InlineData("Reconnect:MaxDealy", "Did you mean MaxDelay? There are: BaseDelay,")]
    public async Task P13_a_typo_in_a_key_is_refused_with_what_was_meant(string option, string wanted) =>
        Assert.Contains(wanted, await StartAsync(Nested($"{Connection}:{option}", "\"x\"")), StringComparison.Ordinal);

    [Theory] // A name that nothing has, next to a name that has no section: its values would silently not count.
    [InlineData("Late:Forwardng:CallTimeout", "The configuration has Late:Forwardng, which is not read. Did you mean Late:Forwarding?")]
    [InlineData("Late:ForwardingHandler:CallTimeout", "The configuration has Late:ForwardingHandler, which is not read. Did you mean Late:Forwarding?")]
    [InlineData("Late:CallTimeout", "The configuration has Late:CallTimeout, which is not read. Did you mean Late:Forwarding:CallTimeout?")]
    [InlineData("Late:Reconnect:MaxDelay", "The configuration has Late:Reconnect, which is not read. Did you mean Late:Forwarding:Reconnect?")]
    [InlineData("Late:Supervisor:Devices:OnStop", "The configuration has Late:Supervisor, which is not read. Did you mean Late:Supervisors?")]
    [InlineData("Late:Supervisors:Device:OnStop", "The configuration has Late:Supervisors:Device, which is not read. Did you mean Late:Supervisors:Devices?")]
    [InlineData("Late:Elsewhere:CallTimeout", null)]
    [InlineData("Late:Budget:Venue:Burst", null)]
    public async Task A_typo_in_a_name_is_a_warning_that_names_what_was_meant(string path, string? message)
    {
        await using var host = new TestHost(
            build: static builder => builder.Services.AddLateSupervisor<ForwardingHandler>("Devices"),
            settings: new() { [path] = "00:00:01" });
        await host.StartAsync();

        Assert.Equal(message, host.Logs.GetSnapshot().SingleOrDefault(static record => record.Id.Name == "SectionNotRead")?.Message);
    }

    [Fact] // The names of other connections are short, and like every other short name.
    public async Task A_name_that_is_like_none_of_the_others_is_no_typo()
    {
        await using var host = new TestHost(
            build: static builder => builder.Services.AddLateConnection<ForwardingHandler>("eu", static options => options.Uri = new Uri("wss://feed.example")),
            settings: new() { ["Late:us:CallTimeout"] = "00:00:01" });
        await host.StartAsync();

        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "SectionNotRead");
    }

    [Fact] // Also what code sets is checked: nothing that is null is found out later.
    public async Task P13_null_from_code_is_named()
    {
        await using var host = new TestHost(configure: options =>
        {
            options.Headers["A"] = (string?)null;
            options.SubProtocols.Add(null!);
            options.Uris.Add(null!);
            options.AllowedOrigins.Add(null!);
            options.HttpVersion = null!;
            options.Reconnect.ShouldReconnect = null!;
        });

        var error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);
        foreach (var option in (string[])["Headers:A is null", "SubProtocols:0 is not", "Uris:0 is null", "AllowedOrigins:0 is null", "HttpVersion is null", "Reconnect:ShouldReconnect is null"])
        {
            Assert.Contains($"{Connection}:{option}", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(-1, 0.5, "GracePeriod is -00:00:01. It is zero or more.")]
    [InlineData(1, double.NaN, "MinReadyShare is NaN. It is 0 to 1.")]
    [InlineData(1, 1.5, "MinReadyShare is 1.5. It is 0 to 1.")]
    [InlineData(-1, -0.5, "GracePeriod is -00:00:01. It is zero or more. MinReadyShare is -0.5. It is 0 to 1.")]
    public void P13_health_options_are_named_with_their_check(int seconds, double share, string wanted)
    {
        var checks = new ServiceCollection().AddHealthChecks();
        void Configure(LateHealthOptions options) => (options.GracePeriod, options.MinReadyShare) = (TimeSpan.FromSeconds(seconds), share);

        Assert.Contains($"Late:eu cannot run with these options: {wanted}", Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddLateConnection("eu", Configure)).Message, StringComparison.Ordinal);
        Assert.Contains(wanted, Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddLateConnections(Configure)).Message, StringComparison.Ordinal);
    }

    private static string Nested(string path, string json) => path.Split(':').Reverse().Aggregate(json, static (inner, key) => $$"""{ "{{key}}": {{inner}} }""");

    /// <summary>Starts a host with a connection, a supervisor and a budget; what it reports as wrong, or nothing.</summary>
    private static async Task<string> StartAsync(string json, Action<IConfigurationBuilder>? add = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        add?.Invoke(builder.Configuration);
        builder.Services.AddSingleton(new ScriptedHandler());
        builder.Services.AddKeyedSingleton<Late.Hosting.Transport.ITransport>("Forwarding", new FakeTransport());
        builder.Services.AddLateConnection<ForwardingHandler>(static options => options.Uri ??= new Uri("ws://feed.example"));
        builder.Services.AddLateSupervisor<ForwardingHandler>("Devices");
        if (json.Contains("Budgets", StringComparison.Ordinal))
        {
            builder.Services.AddLateConnectBudget("Venue", options => options.PerSecond ??= json.Contains("PerSecond", StringComparison.Ordinal) ? null : 1);
        }

        using var host = builder.Build();
        try
        {
            await host.StartAsync(Token);
            await host.StopAsync(Token);
            return "";
        }
        catch (OptionsValidationException exception)
        {
            return exception.Message;
        }
    }
}
