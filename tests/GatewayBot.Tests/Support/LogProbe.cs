using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace GatewayBot.Tests.Support;

/// <summary>Lets a test wait for messages of the log.</summary>
public sealed class LogProbe : ILoggerProvider, ILogger
{
    private readonly ConcurrentDictionary<string, Channel<string>> _messages = new();

    public ILogger CreateLogger(string categoryName) => this;

    /// <summary>Each message once.</summary>
    /// <param name="name">The name of its event.</param>
    public async Task<string> NextAsync(string name) => await Messages(name).Reader.ReadAsync(TestContext.Current.CancellationToken);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name is { } name)
        {
            Messages(name).Writer.TryWrite(formatter(state, exception));
        }
    }

    public void Dispose()
    {
    }

    private Channel<string> Messages(string name) => _messages.GetOrAdd(name, static _ => Channel.CreateUnbounded<string>());
}
