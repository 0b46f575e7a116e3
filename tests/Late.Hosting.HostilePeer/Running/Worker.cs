using System.Globalization;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;
using Late.Hosting.Tests.Shared.Seeds;

namespace Late.Hosting.HostilePeer.Running;

/// <summary>
/// Runs one seed after the other as they come on standard input. Lines with what was broken and what happened go to standard
/// output, and then "ok"; or "hung" where a client does not end: so does this process, because what hangs would disturb the next.
/// </summary>
internal static class Worker
{
    public const string Failed = "failed";
    public const string Ok = "ok";
    public const string Hung = "hung";

    public static async Task<int> RunAsync()
    {
        Begin();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var facts = new Facts(Draw.Script(ulong.Parse(line, CultureInfo.InvariantCulture)));
            var isClean = await RunAsync(facts);
            foreach (var broken in facts.Broken)
            {
                Console.WriteLine($"{Failed} {OneLine(broken)}");
            }

            if (facts.Broken.Count > 0)
            {
                foreach (var traced in facts.Trace.Split('\n'))
                {
                    Console.WriteLine($"  {OneLine(traced)}");
                }
            }

            Console.WriteLine(isClean ? Ok : Hung);
            if (!isClean)
            {
                // Threads that do not end would keep the process.
                Environment.Exit(1);
            }
        }

        return 0;
    }

    /// <summary>Runs one seed in this process, and reports it.</summary>
    public static async Task<int> RunOneAsync(ulong seed)
    {
        Begin();
        var facts = new Facts(Draw.Script(seed));
        Console.Write(facts.Script);
        await RunAsync(facts);
        Console.WriteLine(facts.Trace);
        Console.WriteLine(facts.Broken.Count == 0 ? $"seed {seed} keeps every promise" : $"FAILED  seed {seed}:\n    {string.Join("\n    ", facts.Broken)}");
        Environment.Exit(facts.Broken.Count == 0 ? 0 : 1);
        return 0;
    }

    private static async Task<bool> RunAsync(Facts facts)
    {
        bool isClean;
        try
        {
            isClean = await SeedRun.RunAsync(facts);
        }
        catch (Exception exception)
        {
            facts.Break("the tool", exception.ToString());
            isClean = false;
        }

        if (Unobserved.Collect() > 0)
        {
            facts.Break("P5", $"a task failed, and was not observed: {Unobserved.Last}");
        }

        return isClean;
    }

    private static void Begin()
    {
        // HttpClient widens the window of a stream, up to 16 MiB where this process is slow: memory of its own, which is kept
        // small here so that ours is seen.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_HTTP_SOCKETSHTTPHANDLER_FLOWCONTROL_MAXSTREAMWINDOWSIZE", "1048576");
        Control.Start();
        Unobserved.Watch();
    }

    private static string OneLine(string text) => text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", " | ", StringComparison.Ordinal);
}
