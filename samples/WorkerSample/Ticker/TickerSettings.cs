using System.ComponentModel.DataAnnotations;

namespace WorkerSample.Ticker;

/// <summary>The section <c>Ticker</c>: what the handler itself wants to know.</summary>
public sealed class TickerSettings
{
    /// <summary>The symbols that are subscribed to from the start.</summary>
    public IList<string> Symbols { get; } = [];

    /// <summary>How often the exchange is pinged. One ping without an answer until the next is due ends the session.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(15);
}
