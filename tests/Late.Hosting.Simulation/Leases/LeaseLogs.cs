using Microsoft.Extensions.Logging;

namespace Late.Hosting.Simulation.Leases;

/// <summary>The log of one host.</summary>
internal sealed class LeaseLogs(OwnerHost host, LeaseWorld world) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name is { Length: > 0 } name)
        {
            world.Trace.Write($"{host.Name}: log {name}: {formatter(state, exception)}");
            host.OnLog(eventId.Id);
        }
    }
}
