using Late.Hosting.Locking;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Tests.Support;

/// <summary>A logger of the application's: in a build for debugging it asserts that nothing is logged under a lock.</summary>
internal sealed class UnlockedLoggerProvider : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Gate.AssertNoneIsHeld();

    public void Dispose()
    {
    }
}
