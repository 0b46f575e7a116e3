using Late.Hosting.Simulation.Checks;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>The host's log: each line is looked through for secrets and counted, and some tell where an attempt stands.</summary>
internal sealed class StoryLogs(World world) : ILoggerFactory, ILogger
{
    private readonly int[] _counts = new int[32];

    /// <summary>How many accepted posts from outside were dropped with a word.</summary>
    public int DroppedPosts { get; private set; }

    public int DroppedOwnPosts { get; private set; }

    /// <summary>How many lines there are with a number of the library.</summary>
    public int Count(int number) => _counts[number];

    /// <summary>True where the connection let go of a callback that did not end.</summary>
    public bool HasAbandoned => Count(13) + Count(14) + Count(15) > 0;

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
        world.Story.Tell($"log {eventId.Name}: {text}");
        SecretCheck.OfText(world.Verdict, "the log", text);
        SecretCheck.OfException(world.Verdict, exception);
        _counts[eventId.Id]++;
        switch (eventId.Id)
        {
            case 3:
                world.Attempts.OnReady();
                break;
            case 4:
                world.Attempts.OnFailed();
                break;
            case 5 or 20:
                world.Attempts.OnEnded();
                world.Verdict.Require(!text.Contains("bug", StringComparison.Ordinal), "P3", $"{text} {exception}");
                break;
            case 7:
                world.Attempts.OnInterrupted();
                break;
            case 8:
                world.Verdict.Require(exception?.Message.Contains("bug", StringComparison.Ordinal) != true, "P15", $"{text} {exception}");
                world.Verdict.Require(exception is not OperationCanceledException, "P9", $"a stop was taken for a failure: {text}");
                break;
            case 16:
                DroppedPosts += text.Contains("accepted Note ", StringComparison.Ordinal) ? 1 : 0;
                DroppedOwnPosts += text.Contains("accepted OwnNote ", StringComparison.Ordinal) ? 1 : 0;
                break;
        }
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
