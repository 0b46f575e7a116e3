using System.Threading.Channels;
using Late.Hosting.Ownership;

namespace Late.Hosting.Leases.Tests.Support;

/// <summary>A connection that writes down what happens to its lease.</summary>
internal sealed class OwnedRecorder(TimeProvider time) : IOwned
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

    public string Name => "Feed";

    public string MeasuredAs => "Feed";

    public string? Key => null;

    public TimeProvider Time { get; } = time;

    public Exception Loggable(Exception exception) => exception;

    public bool StandBy(string reason) => _events.Writer.TryWrite($"stands by: {reason}");

    public void Yield(ITerm term, string reason, TimeSpan within) => _events.Writer.TryWrite($"ends early within {within.TotalSeconds:0.###} s");

    public void Lose(ITerm term, string reason) => _events.Writer.TryWrite("lost");

    public async Task<string> NextAsync() => await _events.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public bool HasNone => !_events.Reader.TryPeek(out _);
}
