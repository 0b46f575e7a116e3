using System.Globalization;
using Late.Hosting.Benchmarks.Contestants.Late;
using Late.Hosting.Benchmarks.Measuring;
using Late.Hosting.Benchmarks.Pairs;
using Late.Hosting.Benchmarks.Server;

namespace Late.Hosting.Benchmarks.Topics;

/// <summary>
/// Compares topics with what an application would write instead of them: in each round both are measured, the one that is first changes from round
/// to round. For each pair, the median of the rounds' ratios and its interval; the exit code is 1 where that does not lie on the right side of the limit.
/// </summary>
internal static class TopicPairs
{
    private const int WarmUps = 3;

    public static async Task RunAsync(int rounds)
    {
        await using var server = await ServerProcess.StartAsync(new ServerSettings());
        var topics = new LateTopics<string, Tick, long>();
        await using var host = await LateHost<TickHandler>.StartAsync(server.Address.Idle, topics);
        foreach (var pair in (IPair[])[new PublishPair(host.Client, topics), new CrowdPair(host.Client, topics)])
        {
            await RunAsync(pair, rounds);
        }
    }

    private static async Task RunAsync(IPair pair, int rounds)
    {
        // Until all of it is compiled fully.
        for (var i = 0; i < WarmUps; i++)
        {
            await pair.OursAsync();
            await pair.TheirsAsync();
        }

        var (ours, theirs, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            double our, their;
            if (round % 2 == 0)
            {
                their = await pair.TheirsAsync();
                our = await pair.OursAsync();
            }
            else
            {
                our = await pair.OursAsync();
                their = await pair.TheirsAsync();
            }

            ours.Add(our);
            theirs.Add(their);
            ratios.Add(our / their);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{round + 1}/{rounds}: {our:0.0}, {their:0.0}, {ratios[^1]:0.000}"));
        }

        ratios.Sort();
        var (low, high, covered) = PairedRuns.Interval(rounds);
        var isMet = pair.IsWorseWhenHigher ? ratios[high] <= pair.Limit : ratios[low] >= pair.Limit;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{pair.Name}: median ratio {PairedRuns.Median(ratios):0.00}, {covered:0.0 %} interval {ratios[low]:0.00} to {ratios[high]:0.00}, {(isMet ? "within" : "NOT within")} the limit of {pair.Limit:0.0} ({PairedRuns.Median(ours):0.0} against {PairedRuns.Median(theirs):0.0}, {rounds} rounds); {pair.Remark}"));
        Environment.ExitCode |= isMet ? 0 : 1;
    }
}
