using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace Late.Hosting.Benchmarks.Topics;

/// <summary>
/// What an item costs its publisher that is for one reader: by the key of a topic, and by a keyed look-up and <c>TryWrite</c> of a bounded channel.
/// The reader reads between bursts on the same thread, so that nothing but the publishing is measured.
/// </summary>
internal sealed class PublishPair(ILateClient<TickHandler> client, LateTopics<string, Tick, long> topics) : IPair
{
    private const int Capacity = 1024;
    private const int Burst = 256;
    private const int Bursts = 8000;

    private readonly ConcurrentDictionary<string, Channel<long>> _table = new();

    public string Name => "publish to one reader by key, against a keyed look-up and TryWrite";

    public bool IsWorseWhenHigher => true;

    public double Limit => 1.5;

    /// <summary>What an item has allocated, in bytes.</summary>
    public double BytesPerItem { get; private set; }

    public string Remark => FormattableString.Invariant($"{BytesPerItem:0.00} B allocated for each item");

    public async Task<double> OursAsync()
    {
        await using var reader = await client.SubscribeAsync(new Tick("BTC"), new() { Capacity = Capacity }, CancellationToken.None);
        await using var items = reader.ReadAllAsync().GetAsyncEnumerator();
        var (ticks, bytes) = (0L, 0L);
        for (var burst = 0; burst < Bursts; burst++)
        {
            var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            for (var i = 0; i < Burst; i++)
            {
                topics.Publish("BTC", i);
            }

            ticks += Stopwatch.GetTimestamp() - began;
            bytes += GC.GetAllocatedBytesForCurrentThread() - before;
            for (var i = 0; i < Burst; i++)
            {
                await items.MoveNextAsync();
            }
        }

        BytesPerItem = Math.Max(BytesPerItem, (double)bytes / Bursts / Burst);
        return Nanoseconds(ticks);
    }

    public async Task<double> TheirsAsync()
    {
        var channel = _table["BTC"] = Channel.CreateBounded<long>(new BoundedChannelOptions(Capacity) { SingleReader = true });
        var ticks = 0L;
        for (var burst = 0; burst < Bursts; burst++)
        {
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < Burst; i++)
            {
                if (_table.TryGetValue("BTC", out var found))
                {
                    found.Writer.TryWrite(i);
                }
            }

            ticks += Stopwatch.GetTimestamp() - began;
            for (var i = 0; i < Burst; i++)
            {
                await channel.Reader.ReadAsync();
            }
        }

        return Nanoseconds(ticks);
    }

    private static double Nanoseconds(long ticks) => ticks * 1e9 / Stopwatch.Frequency / Bursts / Burst;
}
