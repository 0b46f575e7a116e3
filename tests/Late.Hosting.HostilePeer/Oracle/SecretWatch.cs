using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>Everything that the client's host puts out: logs of every level with their scopes, measurements, spans (promise P12).</summary>
internal sealed class SecretWatch : ILoggerProvider, ISupportExternalScope
{
    private const int ExcerptCharacters = 60;

    private readonly Facts _facts;
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();
    private int _attempts;
    private int _isDone;

    public SecretWatch(Facts facts)
    {
        _facts = facts;
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == LateTelemetry.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>(OnMeasured);
        _meters.SetMeasurementEventCallback<int>(OnMeasured);
        _meters.SetMeasurementEventCallback<double>(OnMeasured);
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == LateTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = OnStopped,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    /// <summary>How many attempts the client reports that it has made.</summary>
    public int MeasuredAttempts => Volatile.Read(ref _attempts);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <summary>Looks for secrets in an exception of the public API, and in those inside of it.</summary>
    public void Check(Exception? exception)
    {
        if (exception is not (null or Client.HandlerException))
        {
            CheckText(exception.GetType().Name, exception.ToString());
        }
    }

    public void CheckText(string where, string? text)
    {
        if (text?.IndexOf(Secrets.Mark, StringComparison.Ordinal) is { } at and >= 0)
        {
            var (start, end) = (Math.Max(0, at - ExcerptCharacters), Math.Min(text.Length, at + ExcerptCharacters));
            _facts.Break("P12", $"{where} has: …{text[start..end]}…");
        }
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private void OnMeasured<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        where T : struct, IConvertible
    {
        foreach (var (key, tag) in tags)
        {
            CheckText($"the tag {key} of {instrument.Name}", Convert.ToString(tag, CultureInfo.InvariantCulture));
        }

        if (instrument.Name == LateTelemetry.ConnectionAttempts)
        {
            Interlocked.Add(ref _attempts, value.ToInt32(CultureInfo.InvariantCulture));
        }
    }

    private void OnStopped(Activity activity)
    {
        CheckText("a span's name", activity.DisplayName);
        CheckText("a span's status", activity.StatusDescription);
        foreach (var (key, tag) in activity.TagObjects)
        {
            CheckText($"the tag {key} of a span", Convert.ToString(tag, CultureInfo.InvariantCulture));
        }

        foreach (var happened in activity.Events)
        {
            foreach (var (key, tag) in happened.Tags)
            {
                CheckText($"the tag {key} of a span's event", Convert.ToString(tag, CultureInfo.InvariantCulture));
            }
        }
    }

    private void OnLogged(string category, LogLevel level, EventId id, string text, Exception? exception, object? state)
    {
        var whole = exception is null ? text : $"{text} {exception}";
        CheckText("the log", whole);
        if (category == "Late.Hosting")
        {
            _facts.Require(!whole.Contains(Secrets.Thrown, StringComparison.Ordinal), "P12", $"the log shows what a handler threw: {whole}");
            _facts.Require(!whole.Contains("bug of Late.Hosting", StringComparison.Ordinal), "P3", whole);
        }

        _scopes.ForEachScope((scope, _) => CheckText("a log scope", scope?.ToString()), 0);
        if (level >= LogLevel.Information)
        {
            _facts.Record($"log: {level} {text}{(exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})")}");
        }

        _facts.WasAbandoned |= id.Name is "CallbackAbandoned" or "TerminateSkipped" or "TerminateTimedOut";
        if (id.Name == "Preparing")
        {
            _facts.Requests.Prepare();
        }

        if (id.Name == "Waiting" && state is IEnumerable<KeyValuePair<string, object?>> values)
        {
            _facts.Requests.Announce(values.Select(value => value.Value).OfType<double>().Single());
        }

        if (category == "Late.Hosting" && id.Id == _facts.Script.Client.LogThrowsAt && id.Id > 0 && Interlocked.Exchange(ref _isDone, 1) == 0)
        {
            throw new InvalidOperationException("This log is full.");
        }

        if (_facts.Script.Client.LogBlocks && id.Name == "Ready" && Interlocked.Exchange(ref _isDone, 1) == 0)
        {
            _facts.IsLogBlocked = true;
            _facts.LogGate.Wait();
        }
    }

    private sealed class Logger(SecretWatch watch, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => watch._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            watch.OnLogged(category, logLevel, eventId, formatter(state, exception), exception, state);
    }
}
