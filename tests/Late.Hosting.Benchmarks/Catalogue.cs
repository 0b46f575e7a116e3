using System.Net;
using System.Text;
using Late.Hosting.Benchmarks.Contestants.Late;
using Late.Hosting.Benchmarks.Contestants.Plain;
using Late.Hosting.Benchmarks.Contestants.Raw;
using Late.Hosting.Benchmarks.Contestants.Reactive;
using Late.Hosting.Benchmarks.Contestants.SignalR;
using Late.Hosting.Benchmarks.Measuring;
using Late.Hosting.Benchmarks.Restart;

namespace Late.Hosting.Benchmarks;

/// <summary>All the work there is, and what is wanted of it.</summary>
internal static class Catalogue
{
    private const int BurstFrames = 64;
    private const int RawFrames = 2048;
    private const int RestartRate = 500;

    private static readonly string s_text = Payloads.Text(64);
    private static readonly byte[] s_bytes = Encoding.ASCII.GetBytes(s_text);
    private static readonly LateFrame s_frame = LateFrame.Text(s_bytes);

    public static IEnumerable<Work> All =>
    [
        Receive("16 B", 16, Target.AtLeast(Metric.Rate, 3), Target.Nothing(Metric.Allocated)),
        Receive("64 B", 64, Target.AtLeast(Metric.Rate, 3), Target.AtMost(Metric.Cpu, 0.334), Target.Nothing(Metric.Allocated)),
        Receive("1 KiB", 1024, Target.AtLeast(Metric.Rate, 1.5)),
        Receive("64 KiB", 64 * 1024),
        Receive("1 MiB", 1024 * 1024, Target.AtLeast(Metric.Rate, 1)),
        Bursts(),
        Callers("posts", 1, byPost: true),
        Callers("posts", 8, byPost: true),
        Callers("posts", 64, byPost: true, Target.AtLeast(Metric.Rate, 5)),
        Callers("sends", 1, byPost: false),
        Callers("sends", 8, byPost: false),
        Callers("sends", 64, byPost: false),
        Calls(1, Target.AtMost(Metric.Median, 1), Target.AtMost(Metric.Tail, 1.1)),
        Calls(8),
        Calls(64, Target.AtLeast(Metric.Calls, 4)),
        CompressedReceive(),
        CompressedSend(),
        new Work("connect", "connect 200 concurrently", Each((name, bench) => ManyConnections.ConnectAsync(name, bench.Server))),
        new Work(
            "idle",
            "hold 1000 quiet connections",
            Each((name, bench) => ManyConnections.HoldAsync(name, bench.Server)),
            Target.AtMost(Metric.Memory, 1.25)) { WarmsUp = false },
        Many("many connections", HttpVersion.Version11, Target.AtMost(Metric.Memory, 1.25), Target.NotAbove(Metric.IdleCpu, 5)),
        Many("many connections over HTTP/2", HttpVersion.Version20),
        Restart(
            $"restart of the server, {RestartRate} connects/s",
            RestartRate,
            Target.NotAbove(Metric.Return, 90),
            Target.NotAbove(Metric.Busiest, 3),
            Target.NotAbove(Metric.BusiestSecond, RestartRate + RestartRun.Burst - 1)),
        Restart("restart of the server, no budget", null, Target.NotAbove(Metric.Busiest, 3)),
    ];

    private static Dictionary<string, Measurement> Trials(Dictionary<string, Func<ITrial>> contestants) =>
        contestants.ToDictionary(contestant => contestant.Key, contestant => (Measurement)(bench => Observation.TakeAsync(contestant.Value(), bench)));

    private static Dictionary<string, Measurement> Each(Func<string, Bench, Task<Dictionary<string, double>>> measure) =>
        ManyConnections.Contestants.Keys.ToDictionary(name => name, name => (Measurement)(bench => measure(name, bench)));

    private static Work Many(string name, Version httpVersion, params IReadOnlyList<Target> targets) => new(
        "many",
        name,
        ThousandsOfConnections.Contestants.Keys.ToDictionary(
            contestant => contestant, contestant => (Measurement)(bench => ThousandsOfConnections.MeasureAsync(contestant, bench, httpVersion))),
        targets)
    {
        WarmsUp = false,
        MostRounds = 1,
        Grace = TimeSpan.FromMinutes(4),
    };

    private static Work Restart(string name, int? perSecond, params IReadOnlyList<Target> targets) => new(
        "restart",
        name,
        new Dictionary<string, Measurement> { [Names.Late] = bench => RestartRun.MeasureAsync(bench, perSecond) },
        targets)
    {
        WarmsUp = false,
        MostRounds = 1,
        Grace = TimeSpan.FromMinutes(4),
    };

    private static Work Receive(string name, int size, params IReadOnlyList<Target> targets)
    {
        var target = $"/blast?size={size}";
        var contestants = new Dictionary<string, Func<ITrial>>
        {
            [Names.Plain] = () => new PlainReceive(target, size),
            [Names.Late] = () => new LateReceive(target),
            [Names.Reactive] = () => new ReactiveReceive(target),
            [Names.Raw] = () => new RawReceive(target, size + (size <= 125 ? 2 : size <= ushort.MaxValue ? 4 : 10)),
        };
        if (size <= 1024)
        {
            // A hub refuses larger messages by default.
            contestants[Names.SignalR] = () => new HubReceive($"/signalr-blast?size={size}");
        }

        return new Work("receive", $"receive {name}", Trials(contestants), targets);
    }

    private static Work Bursts() => new(
        "bursts",
        $"send bursts of {BurstFrames} from one handler",
        Trials(new()
        {
            [Names.Plain] = () => new PlainSend("/sink", 1, [s_bytes]),
            [Names.Late] = () => new LateBursts("/sink", [.. Enumerable.Repeat(s_frame, BurstFrames)]),
            [Names.Reactive] = () => new ReactiveSend(1, s_text),
            [Names.SignalR] = () => new HubSend(1, s_text),
            [Names.Raw] = () => new RawSend(RawSocket.Frames(s_bytes, RawFrames)),
        }),
        Target.AtLeast(Metric.Rate, 30),
        Target.Nothing(Metric.Allocated));

    private static Work Callers(string group, int callers, bool byPost, params IReadOnlyList<Target> targets) => new(
        group,
        $"send by {callers} {(callers == 1 ? "caller" : "callers")} of {(byPost ? "PostAsync" : "SendAsync")}",
        Trials(new()
        {
            [Names.Plain] = () => new PlainSend("/sink", callers, [s_bytes]),
            [Names.Late] = () => new LateCallers(callers, s_frame, byPost),
            [Names.Reactive] = () => new ReactiveSend(callers, s_text),
            [Names.SignalR] = () => new HubSend(callers, s_text),
        }),
        targets);

    private static Work Calls(int callers, params IReadOnlyList<Target> targets)
    {
        var contestants = new Dictionary<string, Func<ITrial>>
        {
            [Names.Plain] = () => new PlainCalls(s_bytes),
            [Names.Late] = () => new LateCalls(callers, s_frame),
            [Names.SignalR] = () => new HubCalls(callers, s_text),
        };
        if (callers == 1)
        {
            contestants[Names.Reactive] = () => new ReactiveCalls(s_text);
            contestants[Names.Raw] = () => new RawCalls(RawSocket.Frames(s_bytes, 1), s_bytes.Length + 2);
        }

        return new Work("calls", $"call by {callers} {(callers == 1 ? "caller" : "callers")} on one core", Trials(contestants), targets) { IsPinned = true };
    }

    private static Work CompressedReceive() => new(
        "compressed",
        "receive 1 KiB of compressed JSON",
        Trials(new()
        {
            [Names.Plain] = () => new PlainReceive("/blast?deflate=on", 1024, isCompressed: true),
            [Names.Late] = () => new LateReceive("/blast?deflate=on", LateCompression.Deflate),
        }),
        Target.AtLeast(Metric.Rate, 1));

    private static Work CompressedSend()
    {
        var messages = Payloads.Json(BurstFrames);
        return new(
            "compressed",
            "send 1 KiB of compressed JSON",
            Trials(new()
            {
                [Names.Plain] = () => new PlainSend("/sink?deflate=on", 1, messages, isCompressed: true),
                [Names.Late] = () => new LateBursts("/sink?deflate=on", [.. messages.Select(message => LateFrame.Text(message))], LateCompression.Deflate),
            }),
            Target.AtLeast(Metric.Rate, 1));
    }
}
