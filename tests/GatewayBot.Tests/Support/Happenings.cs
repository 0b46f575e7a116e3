using System.Collections.Concurrent;
using System.Threading.Channels;

namespace GatewayBot.Tests.Support;

/// <summary>What has happened at a server, with the time on the clock of the test.</summary>
public sealed class Happenings(TimeProvider clock)
{
    private readonly Channel<string> _unread = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<(string What, DateTimeOffset At)> _all = new();

    public IReadOnlyCollection<(string What, DateTimeOffset At)> All => _all;

    public void Add(string what)
    {
        _all.Enqueue((what, clock.GetUtcNow()));
        _unread.Writer.TryWrite(what);
    }

    /// <summary>Waits for several things, in any order.</summary>
    public async Task ExpectAllAsync(params string[] begins)
    {
        var missing = begins.ToList();
        while (missing.Count > 0)
        {
            var what = await _unread.Reader.ReadAsync(TestContext.Current.CancellationToken);
            missing.Remove(missing.Find(begin => what.StartsWith(begin, StringComparison.Ordinal)) ?? "");
        }
    }

    /// <summary>Waits for something that no wait before has passed.</summary>
    /// <param name="begin">How its line begins.</param>
    public async Task<string> ExpectAsync(string begin)
    {
        while (true)
        {
            var what = await _unread.Reader.ReadAsync(TestContext.Current.CancellationToken);
            if (what.StartsWith(begin, StringComparison.Ordinal))
            {
                return what;
            }
        }
    }
}
