using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>What happened in one script, recorded by both sides, and which promises it broke.</summary>
internal sealed class Facts(Script script)
{
    private const int MostLines = 400;

    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly ConcurrentQueue<string> _trace = new();
    private readonly ConcurrentDictionary<string, bool> _broken = new();
    private readonly List<SessionFacts> _sessions = [];
    private int _sessionsBefore;
    private int _lines;

    public Script Script => script;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt);

    /// <summary>Requests and TCP connections against attempts.</summary>
    public RequestFacts Requests { get; } = new();

    /// <summary>What a handler reports of itself.</summary>
    public LifeFacts Life { get; } = new();

    /// <summary>What callers report.</summary>
    public CallFacts Calls { get; } = new();

    /// <summary>Closed while a handler that waits for a gate is to wait.</summary>
    public Gate Gate { get; } = new();

    /// <summary>Closed until the application has done what a log that blocks must not keep it from.</summary>
    public ManualResetEventSlim LogGate { get; } = new();

    /// <summary>True while the log's provider blocks.</summary>
    public bool IsLogBlocked { get; set; }

    /// <summary>Stops the connection by its supervisor; null where it has none, or where a callback has done it.</summary>
    public Func<Task>? SelfStop { get; set; }

    /// <summary>Cancelled when the script is over: every thread of the peer's ends.</summary>
    public CancellationTokenSource Over { get; } = new();

    /// <summary>True from the moment in which the client is stopped or disposed.</summary>
    public bool IsEnding { get; set; }

    /// <summary>True where a client is so far from what it promised that the rest of the script shows nothing.</summary>
    public bool IsHopeless { get; set; }

    /// <summary>True where the client has been seen ready in its life.</summary>
    public bool WasReady { get; set; }

    /// <summary>True where there has been a session in the client's life.</summary>
    public bool HadSession => Sessions.Count > _sessionsBefore;

    /// <summary>The refusals that were written.</summary>
    public ConcurrentQueue<Refusal> Refusals { get; } = new();

    /// <summary>The plan that the peer took last; null before the first.</summary>
    public AttemptPlan? LastPlan { get; set; }

    /// <summary>True where the client reports that it has abandoned a callback.</summary>
    public bool WasAbandoned { get; set; }

    /// <summary>True where the end came so soon that an attempt may have begun and not been counted.</summary>
    public bool IsCut { get; set; }

    /// <summary>The tick of the last thing that happened to an attempt or a session.</summary>
    public long ProgressAt { get; private set; } = Control.Now;

    public IReadOnlyCollection<string> Broken => [.. _broken.Keys];

    public string Trace => string.Join('\n', _trace);

    public IReadOnlyList<SessionFacts> Sessions
    {
        get
        {
            lock (_sessions)
            {
                return [.. _sessions];
            }
        }
    }

    public SessionFacts? Session(int number)
    {
        lock (_sessions)
        {
            return number >= 1 && number <= _sessions.Count ? _sessions[number - 1] : null;
        }
    }

    public SessionFacts OpenSession(AttemptPlan plan, bool isLast)
    {
        lock (_sessions)
        {
            var session = new SessionFacts(_sessions.Count + 1, plan, isLast);
            _sessions.Add(session);
            return session;
        }
    }

    /// <summary>A life begins: what the one before has seen does not count.</summary>
    public void BeginLife()
    {
        if (Life.Begin() is { } problem)
        {
            Break("P3", problem);
        }

        (WasReady, _sessionsBefore) = (false, Sessions.Count);
        Record($"handler: Init of life {Life.Lives}");
    }

    public void Progress() => ProgressAt = Control.Now;

    public void Record(string line)
    {
        if (Interlocked.Increment(ref _lines) <= MostLines)
        {
            _trace.Enqueue(string.Create(CultureInfo.InvariantCulture, $"  {Elapsed.TotalMilliseconds,8:0.0}  {line}"));
        }
    }

    public void Break(string promise, string what)
    {
        if (_broken.TryAdd($"{promise}: {what}", true))
        {
            _trace.Enqueue(string.Create(CultureInfo.InvariantCulture, $"  {Elapsed.TotalMilliseconds,8:0.0}  *** {promise}: {what}"));
        }
    }

    public void Require(bool isKept, string promise, string what)
    {
        if (!isKept)
        {
            Break(promise, what);
        }
    }
}
