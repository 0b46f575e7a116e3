using System.Diagnostics;
using System.Globalization;
using Late.Hosting.HostilePeer.Client;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Peer;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Running;

/// <summary>
/// One flood at full speed for minutes. Live memory stays within what the options allow, resident memory does not grow, and
/// the handler's timers and the application's calls continue (promises P16 and P17).
/// </summary>
internal static class MixRun
{
    private const double MostGrowthPerMinute = 0.5;
    private const double SettlingShare = 0.2;
    private const double MebiByte = 1024 * 1024;
    private const int SamplesPerReport = 10;

    private static readonly TimeSpan s_sample = TimeSpan.FromSeconds(3);

    private static readonly Dictionary<string, (WireKind Wire, FloodKind Flood)> s_mixes = new(StringComparer.Ordinal)
    {
        ["pings"] = (WireKind.Http1, FloodKind.Pings),
        ["pongs"] = (WireKind.Http1, FloodKind.Pongs),
        ["fragments"] = (WireKind.Http1, FloodKind.EmptyFragments),
        ["messages"] = (WireKind.Http1, FloodKind.EmptyMessageAndPongs),
        ["compressed"] = (WireKind.Http1Tls, FloodKind.CompressedMix),
        ["everything"] = (WireKind.Http2Tls, FloodKind.Everything),
    };

    public static IReadOnlyCollection<string> Names => s_mixes.Keys;

    public static async Task<int> RunAsync(string name, double minutes)
    {
        Control.Start();
        var facts = new Facts(Script(name));
        Console.Write(facts.Script);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var watch = new SecretWatch(facts);
        using var server = new PeerServer(facts);
        var host = new ClientHost(facts, watch, server.Port);
        await host.Application.StartAsync();
        using var ended = new CancellationTokenSource();
        var calling = CallAsync(host.Client, facts, ended.Token);
        var samples = await MeasureAsync(facts, before, TimeSpan.FromMinutes(minutes));
        await ended.CancelAsync();
        facts.IsEnding = true;
        if (!await Control.EndsAsync(host.Application.StopAsync(), Control.Ticks(5000) + Control.Slack))
        {
            facts.Break("P9", "StopAsync has not ended");
        }

        facts.Require(await Control.EndsAsync(calling, Control.Slack), "P5", "a call has not ended");
        var growth = Growth([.. samples.Where(sample => sample.Minutes >= minutes * SettlingShare)]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: resident memory grew by {growth:0.00} MiB a minute; {facts.Calls.Replied} calls were replied to, {facts.Calls.Ended} ended"));
        facts.Require(growth <= MostGrowthPerMinute, "P17", string.Create(CultureInfo.InvariantCulture, $"resident memory grows by {growth:0.00} MiB a minute"));
        facts.Require(facts.Calls.Replied > 0, "P16", "no call was replied to");
        foreach (var broken in facts.Broken)
        {
            Console.WriteLine($"FAILED  {broken}");
        }

        return facts.Broken.Count == 0 ? 0 : 1;
    }

    private static Script Script(string name) => new(0)
    {
        Wire = s_mixes[name].Wire,
        Client = new ClientPlan
        {
            ConnectTimeout = 10_000,
            ReadyTimeout = 10_000,
            CallTimeout = 5000,
            CloseTimeout = 1000,
            SendTimeout = 10_000,
            KeepAlive = 20_000,
            MaxMessageBytes = 1024 * 1024,
            ReceiveBufferBytes = 1024 * 1024,
            MailboxCapacity = 1024,
            Compression = LateCompression.Deflate,
            BaseDelay = 100,
            MaxDelay = 1000,
        },
        Handler = new HandlerPlan(),
        Callers = new CallerPlan(),
        Attempts = [new AttemptPlan(Answer.Upgrade) { WritesWithHead = true, Steps = [new Step(StepKind.Flood) { Flood = s_mixes[name].Flood, Size = 4, ToTheEnd = true }] }],
    };

    private static async Task<List<(double Minutes, double Resident)>> MeasureAsync(Facts facts, long before, TimeSpan time)
    {
        var (samples, sessions, clock) = (new List<(double, double)>(), new SessionWatch(facts), Stopwatch.StartNew());
        var allowed = MemoryWatch.Allowed(facts.Script);
        while (clock.Elapsed < time && facts.Broken.Count == 0)
        {
            await Task.Delay(s_sample, TimeProvider.System);
            sessions.Look();
            var live = GC.GetTotalMemory(forceFullCollection: true) - before;
            var resident = Environment.WorkingSet / MebiByte;
            samples.Add((clock.Elapsed.TotalMinutes, resident));
            var line = string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds,7:0} s  {live / MebiByte:0.00} MiB live  {resident:0.0} MiB resident  {facts.Life.Frames:N0} messages");
            facts.Require(live <= allowed, "P17", $"more memory is live than the options allow ({allowed / MebiByte:0.0} MiB): {line}");
            if (samples.Count % SamplesPerReport == 0)
            {
                Console.WriteLine(line);
            }
        }

        facts.Require(facts.Sessions.Count <= 1, "P16", "the session has ended under its flood");
        return samples;
    }

    private static async Task CallAsync(ILateClient<HostileHandler> client, Facts facts, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await client.CallAsync(new Ask(0, AskKind.Handler), ended);
                facts.Calls.End(isReplied: true);
            }
            catch (LateCallTimeoutException)
            {
                facts.Calls.End(isReplied: false);
                facts.Break("P16", "a call was not replied to under the flood");
            }
            catch (Exception exception) when (exception is LateException or OperationCanceledException)
            {
                facts.Calls.End(isReplied: false);
            }

            await Control.WaitAsync(5);
        }
    }

    /// <summary>The slope of the line through all samples (least squares).</summary>
    private static double Growth(IReadOnlyList<(double Minutes, double Resident)> samples)
    {
        if (samples.Count < 2)
        {
            return 0;
        }

        var (minutes, resident) = (samples.Average(sample => sample.Minutes), samples.Average(sample => sample.Resident));
        return samples.Sum(sample => (sample.Minutes - minutes) * (sample.Resident - resident)) / samples.Sum(sample => Math.Pow(sample.Minutes - minutes, 2));
    }
}
