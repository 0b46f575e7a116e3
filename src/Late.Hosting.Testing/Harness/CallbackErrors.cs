using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Testing.Harness;

/// <summary>What callbacks and the disposal of their services have thrown: an application has it in its log, a test wants it thrown.</summary>
internal sealed class CallbackErrors : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<ExceptionDispatchInfo> _errors = new();

    /// <summary>Throws the first, and discards the others: they follow from it.</summary>
    public void ThrowFirst()
    {
        var first = _errors.TryDequeue(out var error) ? error : null;
        _errors.Clear();
        first?.Throw();
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null && eventId.Name is nameof(ConnectionLog.CallbackThrew) or nameof(ConnectionLog.DisposalThrew))
        {
            _errors.Enqueue(ExceptionDispatchInfo.Capture(exception));
        }
    }

    public void Dispose()
    {
    }
}
