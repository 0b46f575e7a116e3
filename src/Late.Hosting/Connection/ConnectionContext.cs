using Late.Hosting.Configuration;
using Late.Hosting.Connection.Calls;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Connection.Sending;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Connection.Topics;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection;

/// <summary>
/// What the parts of one connection share: what identifies and configures it, where it reports, and the parts that outlive its
/// sessions. It never changes, and does nothing itself.
/// </summary>
internal sealed class ConnectionContext
{
    public ConnectionContext(ConnectionIdentity identity, CurrentOptions<LateConnectionOptions> settings, TimeProvider time, ConnectionLog log, ConnectionMetrics metrics)
    {
        (Name, MeasuredAs, Key, Settings, Time, Log) = (identity.Name, identity.MeasuredAs, identity.Key, settings, time, log);
        Telemetry = new ConnectionTelemetry(Name, metrics, time, MeasuredAs);
        Statistics = new ConnectionStatistics(time);
        Errors = new ErrorReports(Name, log, Statistics, settings);
        StartWatch = new StartWatch(Name, time, log);
        var work = new WorkQueues(settings);
        Lifecycle = new ConnectionLifecycle(Name, time, work, identity.StopEnd, Key is null ? Decision.RestartsAfterFault(settings) : null);
        Watchers = new StatusWatchers(Lifecycle);
        Effects = new EffectRunner(this);
        Mailbox = new Mailbox(Lifecycle, work);
        CallContext = new CallContext(Name, settings, time, Lifecycle, Statistics.Calls);
        SendWindow = new SendWindow(time);
        LifePosts = new LifePosts(this);
        Topics = new ConnectionTopics(this);
    }

    public string Name { get; }

    /// <summary>The name in its measurements, which other connections may have too.</summary>
    public string MeasuredAs { get; }

    /// <summary>Its key in its supervisor; null where the host runs it.</summary>
    public string? Key { get; }

    public CurrentOptions<LateConnectionOptions> Settings { get; }

    public LateConnectionOptions Options => Settings.Value;

    /// <summary>What the application has added to the options in code.</summary>
    public ConnectionHooks Hooks
    {
        get;
        init
        {
            field = value;
            (CallPipeline, Over) = value.Calls.Count == 0 ? default : (new CallPipeline(this), new CancellationTokenSource());
            Tenure = value.Ownership is null ? null : new Tenure(this, value.Ownership);
        }
    } = new();

    /// <summary>What the application has put around calls; null for nothing.</summary>
    public CallPipeline? CallPipeline { get; private init; }

    /// <summary>Canceled when the connection has ended, for calls that are in the pipeline; null where there is none.</summary>
    public CancellationTokenSource? Over { get; private init; }

    /// <summary>Whether this host owns the connection; null where it has no lease, and always does.</summary>
    public Tenure? Tenure { get; private init; }

    /// <summary>The application's services.</summary>
    public required IServiceProvider Services { get; init; }

    public TimeProvider Time { get; }

    /// <summary>Decides what chance decides.</summary>
    public Randomizer Randomizer { get; init; } = Random.Shared.NextDouble;

    public ConnectionLog Log { get; }

    /// <summary>Its measurements and traces.</summary>
    public ConnectionTelemetry Telemetry { get; }

    /// <summary>What it has done, for observers.</summary>
    public ConnectionStatistics Statistics { get; }

    /// <summary>Where its errors are reported.</summary>
    public ErrorReports Errors { get; }

    /// <summary>Warns where it is used and not started.</summary>
    public StartWatch StartWatch { get; }

    /// <summary>Where the connection and its session stand: the only writer of it.</summary>
    public ConnectionLifecycle Lifecycle { get; }

    /// <summary>Does what the events of the lifecycle leave to do.</summary>
    public EffectRunner Effects { get; }

    /// <summary>The watchers of the connection's state.</summary>
    public StatusWatchers Watchers { get; }

    public Mailbox Mailbox { get; }

    /// <summary>What its calls share.</summary>
    public CallContext CallContext { get; }

    /// <summary>What was sent recently, for the send limit.</summary>
    public SendWindow SendWindow { get; }

    /// <summary>The delayed posts that outlast sessions.</summary>
    public LifePosts LifePosts { get; }

    /// <summary>The topics that have readers.</summary>
    public ConnectionTopics Topics { get; }

    /// <summary>What looks at its lifecycle after each change.</summary>
    public ILifecycleListener Listener => Topics;

    /// <summary>The session that is open; null between sessions.</summary>
    public Session? Session => (Session?)Lifecycle.Session;
}
