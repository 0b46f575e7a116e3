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
    private const string Connection = "Late:Forwarding";
    private const string Supervisor = "Late:Supervisors:Devices";
    private const string Budget = "Late:Budgets:Venue";

    // Where it stands as a value, it must not be printed.
    private const string Marker = "hunter2";

    private const string Time = "it is a time like \"00:00:10\" (hours:minutes:seconds)";

    private static readonly string[] s_notSingle = ["null", "\"\"", "\" \"", "{}", "[]", """{ "A": "hunter2" }""", """["hunter2"]""", """{ "A": { "B": "hunter2" } }"""];
    private static readonly string[] s_times = ["5", "\"5\"", "\"hunter2\"", "\"00:00:00,5\"", "\"24:00:00\"", "\"00:00:61\"", "\"10675200.00:00:00\"", "\"5s\"", "true"];
    private static readonly string[] s_numbers = ["\"hunter2\"", "\"1,024\"", "\"1.024\"", "\"1 024\"", "\"1_024\"", "\"0x10\"", "1.5", "\"1e3\"", "99999999999999999999", "-99999999999999999999", "true"];
    private static readonly string[] s_names = ["\"hunter2\"", "0", "1", "\"0\"", "99", "-1", "true"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Wrong()
    {
        var data = new TheoryData<string, string, string>();
        void Add(string path, string wanted, params IEnumerable<string> values)
        {
            foreach (var value in values)
            {
                data.Add(path, value, wanted);
            }
        }

        string[] times =
        [
            "ConnectTimeout", "ReadyTimeout", "CallTimeout", "CloseTimeout", "SlowCallbackThreshold", "CallbackGracePeriod", "SendTimeout", "KeepAliveInterval", "KeepAliveTimeout", "StartupTimeout",
            "Reconnect:BaseDelay", "Reconnect:MaxDelay", "Reconnect:StableAfter", "Rotation:Jitter", "SendLimit:Window",
        ];
        foreach (var option in times)
        {
            Add($"{Connection}:{option}", Time, [.. s_notSingle, .. s_times]);
            Add($"{Connection}:{option}", "It is", "\"-00:00:01\"", "\"50.00:00:00\"");
        }

        Add($"{Connection}:Rotation:MaxSessionLifetime", Time, [.. s_notSingle.Except(["null", "{}"]), .. s_times]);
        Add($"{Connection}:Rotation:MaxSessionLifetime", "It is", "\"-00:00:01\"", "\"00:00:01\"", "\"50.00:00:00\"");
        Add($"{Connection}:Rotation:TimeOfDay", "it is a time of day like \"04:00\", in UTC.", [.. s_notSingle.Except(["null", "{}"]), "\"25:00\"", "\"4 PM\"", "\"hunter2\"", "4", "\"-04:00\""]);
        string[] numbers = ["MaxMessageBytes", "MailboxCapacity", "ReceiveBufferBytes", "SendLimit:QueueLimit"];
        foreach (var option in numbers)
        {
            Add($"{Connection}:{option}", "it is a whole number, at most 2147483647", [.. s_notSingle, .. s_numbers, "2147483648"]);
            Add($"{Connection}:{option}", "It is 1 or more.", "0", "-1");
        }

        string[] optional = [$"{Connection}:MaxConcurrentCalls", $"{Connection}:Reconnect:MaxAttempts", $"{Connection}:SendLimit:Frames", $"{Supervisor}:MaxConnections", $"{Budget}:Concurrency"];
        foreach (var path in optional)
        {
            Add(path, "it is a whole number, at most 2147483647", [.. s_notSingle.Except(["null", "{}"]), .. s_numbers, "2147483648"]);
            Add(path, "It is 1 or more.", "0", "-1");
        }

        Add($"{Connection}:SendLimit:Bytes", "it is a whole number, at most 9223372036854775807", [.. s_notSingle.Except(["null", "{}"]), .. s_numbers]);
        Add($"{Connection}:SendLimit:Bytes", "It is 1 or more.", "0", "-1");
        (string Option, Type Type)[] names =
        [
            ("Compression", typeof(LateCompression)), ("Startup", typeof(LateStartupMode)), ("WhenNotReady", typeof(LateWhenNotReady)), ("HandlerErrors", typeof(LateHandlerErrorBehavior)),
            ("OnFault", typeof(LateFaultBehavior)), ("Rotation:Order", typeof(LateReconnectOrder)),
        ];
        foreach (var (option, type) in names)
        {
            var all = Enum.GetNames(type);
            Add($"{Connection}:{option}", $"it is one of {string.Join(", ", all)}.", [.. s_notSingle, .. s_names, $"\"{all[0]},{all[1]}\""]);
        }

        Add($"{Connection}:TraceFrames", "it is true or false.", [.. s_notSingle, "1", "0", "\"yes\"", "\"hunter2\""]);
        Add($"{Connection}:LogExceptionMessages", "it is true or false.", [.. s_notSingle.Except(["null", "{}"]), "1", "\"on\""]);
        Add($"{Connection}:HttpVersion", "t is 1.1 or 2.0.", [.. s_notSingle, "1", "2", "3.0", "\"1,1\"", "\"HTTP/2\"", "\"1.1.5\"", "\"hunter2\""]);
        Add($"{Connection}:Uri", "it is an address like", [.. s_notSingle, "\"ws://[hunter2\"", "\"ws://feed.example:hunter2\""]);
        Add($"{Connection}:Uri", "Specify it completely, like wss://feed.example/v2.", "\"hunter2\"", "\"hunter2:x\"", "\"//feed.example\"", "\"/hunter2\"");
        Add($"{Connection}:Uri", "A WebSocket's is wss.", "\"https://a:hunter2@feed.example\"");
        Add($"{Connection}:Uri", "fragment", "\"wss://feed.example/#hunter2\"");
        Add($"{Connection}:Uris", "it is a list. Its entries are Late:Forwarding:Uris:0", "\"wss://hunter2\"", "5", "true");
        Add($"{Connection}:Uris:0", "it is an address like", "null", "\"\"", "{}", """["hunter2"]""", "\"ws://[hunter2\"");
        Add($"{Connection}:Uris:0", "Specify it completely, like wss://feed.example/v2.", "\"hunter2\"", "\"hunter2:x\"");
        Add($"{Connection}:Uris:0", "A WebSocket's is wss.", "\"https://a:hunter2@feed.example\"");
        Add($"{Connection}:Uris:0", "fragment", "\"wss://feed.example/#hunter2\"");
        Add($"{Connection}:AllowedOrigins", "it is a list. Its entries are Late:Forwarding:AllowedOrigins:0", "\"wss://hunter2\"", "5", "true");
        Add($"{Connection}:AllowedOrigins:0", "it is an origin like", "null", "\"\"", "{}", """["hunter2"]""", "\"ws://[hunter2\"");
        Add($"{Connection}:AllowedOrigins:0", "Specify it completely, like wss://feed.example/v2.", "\"hunter2\"");
        Add($"{Connection}:AllowedOrigins:0", "An origin is scheme, host and port, like wss://resume.example:8443.", "\"wss://feed.example/hunter2\"", "\"wss://feed.example?hunter2\"", "\"wss://hunter2@feed.example\"");
        Add($"{Connection}:SubProtocols", "it is a list. Its entries are Late:Forwarding:SubProtocols:0", "\"hunter2\"", "5", "true");
        Add($"{Connection}:SubProtocols:A", "Its entries are Late:Forwarding:SubProtocols:0", "\"hunter2\"", """{ "0": "hunter2" }""");
        Add($"{Connection}:SubProtocols:-1", "Its entries are Late:Forwarding:SubProtocols:0", "\"hunter2\"");
        Add($"{Connection}:SubProtocols:0", "it is a single text.", "null", "\"\"", "{}", """{ "A": "hunter2" }""", """["hunter2"]""");
        Add($"{Connection}:SubProtocols:0", "is not a sub-protocol's name", "\"hunter2 x\"", "\"hunter2,x\"", "\"h=hunter2/\"");
        Add($"{Connection}:Headers", "it is a section of names and values", "\"hunter2\"", "5", "\"\"", """["hunter2"]""", """["A: hunter2"]""", """[{ "Name": "hunter2" }]""", "[null]");
        Add($"{Connection}:Headers:A", "it is a single text.", "null", "{}", """{ "B": "hunter2" }""", """["hunter2"]""");
        Add($"{Connection}:Headers:A", "has a value with a line break", "\"hunter2\\r\\nB: c\"");
        Add($"{Connection}:Headers:A B", "is not a header's name", "\"hunter2\"");
        Add($"{Connection}:Headers:Upgrade", "is written by the handshake itself", "\"hunter2\"");
        Add($"{Connection}:MaxConcurrentCallsByRequest", "it is a section of names and values", "\"hunter2\"", "5", "\"\"");
        Add($"{Connection}:MaxConcurrentCallsByRequest:Ask", "it is a whole number", [.. s_notSingle, .. s_numbers]);
        Add($"{Connection}:MaxConcurrentCallsByRequest:Ask", "It is 1 or more.", "0", "-1");
        foreach (var section in (string[])["Reconnect", "Rotation", "SendLimit"])
        {
            Add($"{Connection}:{section}", "is a single value: it is a section of options, like", "\"hunter2\"", "5", "\"\"", "true");
            Add($"{Connection}:{section}:Hunter", "is not an option.", "\"hunter2\"", """{ "A": "hunter2" }""");
        }

        Add($"{Connection}:Reconnect:ShouldReconnect", "Set it in code.", "\"hunter2\"");
        Add($"{Connection}:Hunter", "is not an option. There are: Uri,", "\"hunter2\"", "null", """{ "A": "hunter2" }""");
        foreach (var section in (string[])[Connection, Supervisor, Budget])
        {
            Add(section, "is a single value: it is a section of options, like", "\"hunter2\"", "5", "\"\"", "true");
        }

        Add("Late:Supervisors", "is a single value: it is a section, with a section for each name, like Late:Supervisors:Devices.", "\"hunter2\"");
        Add("Late:Budgets", "is a single value: it is a section, with a section for each name, like Late:Budgets:Venue.", "\"hunter2\"");
        Add("Late", "is a single value: it is a section, with a section for each name, like Late:Forwarding.", "\"hunter2\"");
        foreach (var option in (string[])["OnStop", "OnFault"])
        {
            Add($"{Supervisor}:{option}", "it is one of Remove, Keep, Restart.", [.. s_notSingle, .. s_names]);
        }

        Add($"{Supervisor}:MetricsPerConnection", "it is true or false.", [.. s_notSingle, "1"]);
        Add($"{Supervisor}:Hunter", "is not an option. There are: MaxConnections,", "\"hunter2\"");
        Add($"{Budget}:PerSecond", "it is a number like 0.5, with a point.", [.. s_notSingle.Except(["null", "{}"]), "\"0,5\"", "\"1,000\"", "\"NaN\"", "\"Infinity\"", "\"1e999\"", "\"hunter2\"", "true"]);
        Add($"{Budget}:PerSecond", "It is at least one a day, and at most 1,000,000.", "0", "-1", "1000001", "0.000001");
        Add($"{Budget}:PerSecond", "is missing", "null");
        Add($"{Budget}:Burst", "it is a whole number, at most 2147483647", [.. s_notSingle, .. s_numbers]);
        Add($"{Budget}:Burst", "It is 1 or more.", "0", "-1");
        Add($"{Budget}:Pause", Time, [.. s_notSingle, .. s_times]);
        Add($"{Budget}:Pause", "It is", "\"00:00:00\"", "\"-00:00:05\"");
        Add($"{Budget}:Hunter", "is not an option. There are: PerSecond,", "\"hunter2\"");
        return data;
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task P13_a_wrong_value_is_one_line_with_path_and_expectation(string path, string json, string wanted)
    {
        var error = await StartAsync(Nested(path, json));

        var lines = error.Split('\n').Where(line => line.Contains($"{path} ", StringComparison.Ordinal)).ToArray();
        Assert.Contains(wanted, Assert.Single(lines.Distinct()), StringComparison.Ordinal);
        Assert.DoesNotContain(Marker, error, StringComparison.Ordinal);
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

        Assert.Contains($"{Connection}:CallTimeout is empty: {Time}", error, StringComparison.Ordinal);
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
