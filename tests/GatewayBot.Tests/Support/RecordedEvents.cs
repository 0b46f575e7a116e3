using System.Collections.Concurrent;
using System.Text.Json;
using GatewayBot.Events;

namespace GatewayBot.Tests.Support;

/// <summary>The numbers of the events that the bot has handled, in their order.</summary>
public sealed class RecordedEvents : IEventSink
{
    private readonly ConcurrentQueue<long> _numbers = new();
    private readonly Lock _gate = new();
    private readonly List<(int Count, TaskCompletionSource Done)> _waiting = [];

    public IReadOnlyCollection<long> Numbers => _numbers;

    public void Handle(string type, JsonElement data)
    {
        _numbers.Enqueue(data.GetProperty("number").GetInt64());
        lock (_gate)
        {
            foreach (var waiting in _waiting.FindAll(waiting => waiting.Count <= _numbers.Count))
            {
                waiting.Done.SetResult();
                _waiting.Remove(waiting);
            }
        }
    }

    /// <summary>Waits until so many events have been handled.</summary>
    public Task ReachAsync(int count)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_numbers.Count >= count)
            {
                done.SetResult();
            }
            else
            {
                _waiting.Add((count, done));
            }
        }

        return done.Task.WaitAsync(TestContext.Current.CancellationToken);
    }
}
