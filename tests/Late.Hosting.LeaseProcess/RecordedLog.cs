using Microsoft.Extensions.Logging;

namespace Late.Hosting.LeaseProcess;

/// <summary>Writes log messages where everything else that happens is written.</summary>
internal sealed class RecordedLog(Recorder recorder) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        recorder.Write("log", $"{logLevel}", formatter(state, exception).ReplaceLineEndings(" "));

    public void Dispose()
    {
    }
}
