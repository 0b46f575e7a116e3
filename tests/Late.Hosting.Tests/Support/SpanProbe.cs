using System.Collections.Concurrent;
using System.Diagnostics;

namespace Late.Hosting.Tests.Support;

/// <summary>Listens to every connection's spans, and to the application's own, in the order in which they end. For tests that run alone.</summary>
internal sealed class SpanProbe : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public SpanProbe(bool listensToConnections = true)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source == Application || (listensToConnections && source.Name == LateTelemetry.ActivitySourceName),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>What a test traces of its own.</summary>
    public ActivitySource Application { get; } = new("Application");

    public IReadOnlyCollection<Activity> Ended => _ended;

    public Activity Single(string name) => Xunit.Assert.Single(_ended, span => span.OperationName == name);

    /// <summary>A span's tags, as text.</summary>
    public static string Tags(Activity span) => string.Join(' ', span.TagObjects.Select(static tag => $"{tag.Key}={tag.Value}"));

    public void Dispose()
    {
        _listener.Dispose();
        Application.Dispose();
    }
}
