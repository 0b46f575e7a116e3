using Microsoft.Extensions.Logging;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>One line of the log.</summary>
public sealed record LogEntry(string Category, LogLevel Level, EventId Event, string Message, Exception? Exception, IReadOnlyDictionary<string, object?> Values);
