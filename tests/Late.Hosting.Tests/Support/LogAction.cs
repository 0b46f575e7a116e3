using Microsoft.Extensions.Logging;

namespace Late.Hosting.Tests.Support;

/// <summary>A logger of the application's that does something with each event, on the thread that logs it.</summary>
/// <param name="logged">What it does.</param>
internal sealed class LogAction(Action<EventId> logged) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => logged(eventId);

    public void Dispose()
    {
    }
}
