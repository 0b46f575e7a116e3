using Late.Hosting.Simulation.Checks;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>The host's log: each line is looked through for secrets, and goes to the connection that it names.</summary>
internal sealed class TraceLogs(World world) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => categoryName == "Late.Hosting" ? this : new Others(world);

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
        var text = formatter(state, exception);
        var subject = world.Subjects.Of(text[..text.IndexOf(':', StringComparison.Ordinal)]);
        (subject?.Trace ?? world.Trace).Write($"log {eventId.Name}: {text}");
        SecretCheck.OfText(world.Verdict, "the log", text);
        SecretCheck.OfException(world.Verdict, exception);
        subject?.Logs.Add(eventId.Id, text, exception);
    }

    /// <summary>What the host and Polly log: nothing to count, but no place for secrets either.</summary>
    private sealed class Others(World world) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            SecretCheck.OfOthers(world.Verdict, formatter(state, exception));
    }
}
