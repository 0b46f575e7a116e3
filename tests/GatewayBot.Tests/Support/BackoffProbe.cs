using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace GatewayBot.Tests.Support;

/// <summary>Lets a test wait until the log reports that the connection waits for its next attempt.</summary>
public sealed class BackoffProbe : ILoggerProvider, ILogger
{
    private readonly Channel<string> _waits = Channel.CreateUnbounded<string>();

    public ILogger CreateLogger(string categoryName) => this;

    /// <summary>Each wait once.</summary>
    public async Task NextAsync() => await _waits.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name == "Waiting")
        {
            _waits.Writer.TryWrite(formatter(state, exception));
        }
    }

    public void Dispose()
    {
    }
}
