using System.Diagnostics;

namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>Requests at the peer against attempts of the client (promise P10).</summary>
internal sealed class RequestFacts
{
    private readonly Lock _gate = new();
    private readonly List<double> _waits = [];
    private int _attempts;
    private int _prepared;
    private int _requests;
    private int _tcp;
    private int _tunnels;
    private long _startedAt = Stopwatch.GetTimestamp();
    private long _attemptAt;
    private long _preparedAt;
    private (long At, double Seconds)? _wait;
    private DateTimeOffset? _notBefore;
    private bool _isInterrupted;

    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>How many attempts the log reports, from their permit on: under load the time of one may be over before its hook runs.</summary>
    public int Prepared => Volatile.Read(ref _prepared);

    public int Requests => Volatile.Read(ref _requests);

    public int TcpConnections => Volatile.Read(ref _tcp);

    /// <summary>The tick in which the last answer to a request was written.</summary>
    public long AnsweredAt { get; set; }

    /// <summary>No attempt may begin before it, as the peer's last refusal specifies; null where none does.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>How long ago the last attempt began.</summary>
    public TimeSpan SinceAttempt => Stopwatch.GetElapsedTime(Volatile.Read(ref _attemptAt));

    public void Start() => _startedAt = Stopwatch.GetTimestamp();

    /// <summary>The hook of the handshake runs once for each attempt. It shows when one begins: a busy peer may see its request much later.</summary>
    public void BeginAttempt(Facts facts)
    {
        Interlocked.Increment(ref _attempts);
        Volatile.Write(ref _attemptAt, Stopwatch.GetTimestamp());
        lock (_gate)
        {
            if (_notBefore is { } notBefore)
            {
                var early = notBefore - TimeProvider.System.GetUtcNow();
                facts.Require(early < TimeSpan.FromMilliseconds(20), "P10", $"an attempt began {early.TotalSeconds:0.000} s before the time that Retry-After names");
                _notBefore = null;
            }

            if (_wait is { } wait)
            {
                var waited = Stopwatch.GetElapsedTime(wait.At).TotalSeconds;
                facts.Require(waited > wait.Seconds - 0.02, "P10", $"an attempt began {waited:0.000} s after a wait of {wait.Seconds:0.000} s was announced");
                _wait = null;
            }

            _isInterrupted = false;
        }
    }

    /// <summary>How long ago the log has reported that the last attempt begins: ConnectTimeout has begun later, or in that moment.</summary>
    public TimeSpan SincePrepared => Stopwatch.GetElapsedTime(Volatile.Read(ref _preparedAt));

    /// <summary>The log reports that an attempt begins.</summary>
    public void Prepare()
    {
        Volatile.Write(ref _preparedAt, Stopwatch.GetTimestamp());
        Interlocked.Increment(ref _prepared);
    }

    /// <summary>The client has seen the last refusal: the time that it names holds from here on.</summary>
    public void SeeRefusal()
    {
        lock (_gate)
        {
            _notBefore = NotBefore;
        }
    }

    /// <summary>A session or a wait is ended from outside: what is announced before the next attempt does not hold.</summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            _wait = null;
            _notBefore = null;
            _isInterrupted = true;
        }
    }

    /// <summary>The client announces how long it waits.</summary>
    public void Announce(double seconds)
    {
        lock (_gate)
        {
            _wait = _isInterrupted ? null : (Stopwatch.GetTimestamp(), seconds);
            _waits.Add(seconds);
        }
    }

    public void Accept(Facts facts)
    {
        var (tcp, attempts) = (Interlocked.Increment(ref _tcp), Attempts);
        var allowed = facts.Script.Proxy == Scripts.ProxyKind.None ? attempts : 2 * attempts;
        facts.Require(tcp <= allowed, "P10", $"{tcp} TCP connections came from {attempts} attempts");
    }

    public void Tunnel(Facts facts)
    {
        var (tunnels, attempts) = (Interlocked.Increment(ref _tunnels), Attempts);
        facts.Require(tunnels <= 2 * attempts, "P10", $"the proxy was asked {tunnels} times in {attempts} attempts");
    }

    public void Add(Facts facts)
    {
        var (requests, attempts) = (Interlocked.Increment(ref _requests), Attempts);
        facts.Require(requests <= attempts, "P10", $"{requests} requests came from {attempts} attempts");
        var budget = facts.Script.Client.BudgetPerSecond;
        var seconds = Stopwatch.GetElapsedTime(_startedAt).TotalSeconds;
        facts.Require(budget == 0 || requests <= 2 + (budget * seconds), "P10", $"{requests} requests came within {seconds:0.000} s, and the budget allows {budget} a second");
    }

    /// <summary>Delays that have grown to their cap still differ.</summary>
    public void CheckJitter(Facts facts)
    {
        lock (_gate)
        {
            if (_waits.Count >= 20)
            {
                var last = _waits.TakeLast(8).Distinct().Count();
                facts.Require(last > 1, "P10", $"the last eight of {_waits.Count} waits were all the same: {_waits[^1]:0.000} s");
            }
        }
    }
}
