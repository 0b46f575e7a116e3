using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>What a handler went through, in order: one line for each callback that began.</summary>
public sealed class Life
{
    private readonly Channel<string> _unread = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _all = new();
    private int _running;

    public IReadOnlyCollection<string> All => _all;

    /// <summary>How often a callback began while another ran.</summary>
    public int Overlaps { get; private set; }

    public void Begin(string callback)
    {
        if (Interlocked.Increment(ref _running) > 1)
        {
            Overlaps++;
        }

        _all.Enqueue(callback);
        _unread.Writer.TryWrite(callback);
    }

    public void End() => Interlocked.Decrement(ref _running);

    public async Task<string> NextAsync() => await _unread.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>The next callbacks are these.</summary>
    public async Task ExpectAsync(params string[] callbacks)
    {
        foreach (var callback in callbacks)
        {
            Assert.Equal(callback, await NextAsync());
        }
    }

    /// <summary>Passes over callbacks up to this one.</summary>
    public async Task SkipToAsync(string callback)
    {
        while (await NextAsync() != callback)
        {
        }
    }
}
