using System.Diagnostics;
using System.Threading.Channels;

namespace Late.Hosting.Benchmarks.Topics;

/// <summary>
/// How many items a second a thousand readers read that a callback publishes in bursts: by one topic, and by a bounded channel for each reader.
/// </summary>
internal sealed class CrowdPair(ILateClient<TickHandler> client, LateTopics<string, Tick, long> topics) : IPair
{
    private const int Readers = 1000;
    private const int Burst = 1000;
    private const int Bursts = 4;
    private const int Capacity = 1024;

    private static readonly LateCallOptions s_unlimited = new() { Timeout = Timeout.InfiniteTimeSpan };

    public string Name => "items read by 1,000 readers, against 1,000 bounded channels";

    public bool IsWorseWhenHigher => false;

    public double Limit => 3;

    /// <summary>The most wake-ups for each reader and burst.</summary>
    public double WakeUps { get; private set; }

    public string Remark => FormattableString.Invariant($"{WakeUps:0.000} wake-ups for each reader and burst");

    public async Task<double> OursAsync()
    {
        var subscriptions = new List<LateSubscription<long>>();
        for (var i = 0; i < Readers; i++)
        {
            subscriptions.Add(await client.SubscribeAsync(new Tick("crowd"), new() { Capacity = Capacity }, CancellationToken.None));
        }

        var crowd = new Crowd(Readers, Burst);
        var reading = subscriptions.ConvertAll(subscription => crowd.ReadAsync(subscription.ReadAllAsync()));
        var rate = await MeasureAsync(crowd, static (topics, i) => topics.Publish("crowd", i), topics);
        foreach (var subscription in subscriptions)
        {
            await subscription.DisposeAsync();
        }

        await Task.WhenAll(reading);
        WakeUps = Math.Max(WakeUps, (double)(crowd.Waits - Readers) / Readers / Bursts);
        return rate;
    }

    public async Task<double> TheirsAsync()
    {
        var channels = Enumerable.Range(0, Readers).Select(static _ => Channel.CreateBounded<long>(new BoundedChannelOptions(Capacity) { SingleReader = true })).ToArray();
        var crowd = new Crowd(Readers, Burst);
        var reading = Array.ConvertAll(channels, channel => crowd.ReadAsync(channel.Reader.ReadAllAsync()));
        var rate = await MeasureAsync(
            crowd,
            static (channels, i) =>
            {
                foreach (var channel in channels)
                {
                    channel.Writer.TryWrite(i);
                }
            },
            channels);
        Array.ForEach(channels, static channel => channel.Writer.Complete());
        await Task.WhenAll(reading);
        return rate;
    }

    /// <summary>Millions of items a second.</summary>
    private async Task<double> MeasureAsync<T>(Crowd crowd, Action<T, long> publish, T target)
    {
        await crowd.Begun;
        var began = Stopwatch.GetTimestamp();
        for (var burst = 0; burst < Bursts; burst++)
        {
            var read = crowd.NextBurst();
            await client.CallAsync(
                new InCallback(() =>
                {
                    for (var i = 0; i < Burst; i++)
                    {
                        publish(target, i);
                    }
                }),
                s_unlimited,
                CancellationToken.None);
            await read;
        }

        return (double)Readers * Burst * Bursts / Stopwatch.GetElapsedTime(began).TotalMicroseconds;
    }
}
