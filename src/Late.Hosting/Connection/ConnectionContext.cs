using Late.Hosting.Configuration;
using Late.Hosting.Connection.Calls;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Connection.Sending;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection;

/// <summary>
/// What the parts of one connection share: its name, options, clock, state and mailbox, and the ways in which something
/// outside ends what it is doing.
/// </summary>
internal sealed class ConnectionContext
{
    private SendWindow? _sendWindow;

    public ConnectionContext(
        string name, CurrentOptions<LateConnectionOptions> settings, TimeProvider time, ConnectionLog log, ConnectionMetrics metrics, IServiceProvider services, string? measuredAs = null, SessionEnd? stopEnd = null)
    {
        (Name, MeasuredAs, Settings, Log, Services) = (name, measuredAs ?? name, settings, log, services);
        Time = time;
        var work = new WorkQueues();
        Lifecycle = new ConnectionLifecycle(name, time, work, stopEnd ?? SessionEnd.HostStopping);
        Watchers = new StatusWatchers(Lifecycle);
        Effects = new EffectRunner(this);
        Mailbox = new Mailbox(Lifecycle, work);
        Telemetry = new ConnectionTelemetry(name, metrics, time, MeasuredAs);
        Statistics = new ConnectionStatistics(time);
        CallContext = new CallContext(name, time, Lifecycle, Statistics.Calls);
        StartWatch = new StartWatch(name, time, log);
    }

    public string Name { get; }

    /// <summary>The name in its measurements, which other connections may have too.</summary>
    public string MeasuredAs { get; }

    public CurrentOptions<LateConnectionOptions> Settings { get; }

    public LateConnectionOptions Options => Settings.Value;

    /// <summary>What the application has added to the options in code.</summary>
    public ConnectionHooks Hooks { get; init; } = new();

    public TimeProvider Time { get; }

    public ConnectionLog Log { get; }

    /// <summary>Who measures and traces the connection.</summary>
    public ConnectionTelemetry Telemetry { get; }

    public IServiceProvider Services { get; }

    /// <summary>Where the connection and its session stand: the only writer of it.</summary>
    public ConnectionLifecycle Lifecycle { get; }

    /// <summary>Does what the events of the lifecycle leave to do.</summary>
    public EffectRunner Effects { get; }

    /// <summary>Those who watch the connection's state.</summary>
    public StatusWatchers Watchers { get; }

    public Mailbox Mailbox { get; }

    public CallContext CallContext { get; }

    /// <summary>What was sent lately; made where there is a send limit.</summary>
    public SendWindow SendWindow => _sendWindow ??= new SendWindow(Time);

    /// <summary>The session that is open; null between sessions.</summary>
    public Session? Session => (Session?)Lifecycle.Session;

    /// <summary>What the connection has done, for whoever looks at it from outside.</summary>
    public ConnectionStatistics Statistics { get; }

    /// <summary>Says what chance decides.</summary>
    public Randomizer Randomizer { get; init; } = Random.Shared.NextDouble;

    /// <summary>Warns where the connection is used and not started.</summary>
    public StartWatch StartWatch { get; }

    /// <summary>A callback threw, and nobody else is told of it.</summary>
    public void NoteThrown(string callback, Exception exception)
    {
        Log.CallbackThrew(Name, callback, Loggable(exception));
        Statistics.AddError($"{callback} threw {TypeName.Of(exception.GetType())}.");
    }

    /// <summary>An exception as it may be logged: without its message, unless the options say otherwise.</summary>
    public Exception Loggable(Exception exception) => Log.Loggable(exception, Options);
}
