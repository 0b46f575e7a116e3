namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>The contestants.</summary>
internal static class Names
{
    public const string Late = "Late.Hosting";
    public const string Plain = "ClientWebSocket";
    public const string Reactive = "Websocket.Client";
    public const string SignalR = "SignalR";
    public const string Raw = "raw socket";

    public static readonly string[] All = [Plain, Late, Reactive, SignalR, Raw];
}
