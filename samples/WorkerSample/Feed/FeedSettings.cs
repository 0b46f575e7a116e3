using System.ComponentModel.DataAnnotations;

namespace WorkerSample.Feed;

/// <summary>The section <c>Feed</c>.</summary>
public sealed class FeedSettings
{
    /// <summary>The same seed gives the same prices.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>How often prices move.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan UpdateInterval { get; set; } = TimeSpan.FromSeconds(0.5);
}
