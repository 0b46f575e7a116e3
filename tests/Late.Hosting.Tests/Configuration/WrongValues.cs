namespace Late.Hosting.Tests.Configuration;

/// <summary>Every wrong value of every option, in every form that a section can have, and what is wanted instead.</summary>
internal static class WrongValues
{
    public const string Connection = "Late:Forwarding";
    public const string Supervisor = "Late:Supervisors:Devices";
    public const string Budget = "Late:Budgets:Venue";

    // Where it stands as a value, it must not be printed.
    public const string Marker = "hunter2";

    public const string Time = "it is a time like \"00:00:10\" (hours:minutes:seconds)";

    private static readonly string[] s_notSingle = ["null", "\"\"", "\" \"", "{}", "[]", """{ "A": "hunter2" }""", """["hunter2"]""", """{ "A": { "B": "hunter2" } }"""];
    private static readonly string[] s_times = ["5", "\"5\"", "\"hunter2\"", "\"00:00:00,5\"", "\"24:00:00\"", "\"00:00:61\"", "\"10675200.00:00:00\"", "\"5s\"", "true"];
    private static readonly string[] s_numbers = ["\"hunter2\"", "\"1,024\"", "\"1.024\"", "\"1 024\"", "\"1_024\"", "\"0x10\"", "1.5", "\"1e3\"", "99999999999999999999", "-99999999999999999999", "true"];
    private static readonly string[] s_names = ["\"hunter2\"", "0", "1", "\"0\"", "99", "-1", "true"];

    /// <summary>The path of an option, a wrong value of it as JSON, and a part of the line that is expected.</summary>
    public static TheoryData<string, string, string> All()
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
}
