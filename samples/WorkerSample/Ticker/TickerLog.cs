namespace WorkerSample.Ticker;

/// <summary>What the handler logs; the connection logs its own states.</summary>
internal static partial class TickerLog
{
    [LoggerMessage(LogLevel.Information, "The exchange is {Status}")]
    public static partial void Status(this ILogger logger, string status);

    [LoggerMessage(LogLevel.Information, "Subscribing to {Symbols}")]
    public static partial void Subscribing(this ILogger logger, IEnumerable<string> symbols);

    [LoggerMessage(LogLevel.Warning, "The exchange refused {Symbol}: {Error}")]
    public static partial void Refused(this ILogger logger, string? symbol, string error);
}
