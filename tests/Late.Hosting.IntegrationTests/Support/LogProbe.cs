using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>Keeps what is logged, and lets a test wait for a line.</summary>
public sealed class LogProbe : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();
    private readonly ConcurrentQueue<string> _scopes = new();
    private readonly Channel<LogEntry> _unread = Channel.CreateUnbounded<LogEntry>();

    public IReadOnlyCollection<LogEntry> Entries => _entries;

    /// <summary>Every scope that was begun, as text.</summary>
    public IEnumerable<string> Scopes => _scopes;

    /// <summary>Called within every line, by its writer: it holds up what writes.</summary>
    public Action<LogEntry>? Writing { get; set; }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>The next line of an event that no earlier wait has passed.</summary>
    public async Task<LogEntry> NextAsync(string eventName)
    {
        while (true)
        {
            var entry = await _unread.Reader.ReadAsync(TestContext.Current.CancellationToken);
            if (entry.Event.Name == eventName)
            {
                return entry;
            }
        }
    }

    public IEnumerable<LogEntry> Of(string eventName) => _entries.Where(entry => entry.Event.Name == eventName);

    public void Dispose()
    {
    }

    private sealed class Logger(LogProbe probe, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            probe._scopes.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = (state as IEnumerable<KeyValuePair<string, object?>> ?? []).DistinctBy(pair => pair.Key).ToDictionary();
            var entry = new LogEntry(category, logLevel, eventId, formatter(state, exception), exception, values);
            probe.Writing?.Invoke(entry);
            probe._entries.Enqueue(entry);
            probe._unread.Writer.TryWrite(entry);
        }
    }
}
