using Late.Hosting.Simulation.Worlds;
using static Late.Hosting.LateConnectionState;

namespace Late.Hosting.Simulation.Checks;

/// <summary>Watches the connection's states from before its start: each follows from the one before, and every watcher sees the same.</summary>
internal sealed class Statuses(Subject subject, ILateClient client)
{
    // Its InitAsync takes its time before the first attempt.
    private const string NewLife = "A new life begins, and Init runs.";

    private readonly List<LateConnectionStatus> _seen = [];
    private readonly List<(int Number, List<LateConnectionStatus> Seen)> _others = [];

    public IReadOnlyList<LateConnectionStatus> Seen => _seen;

    public bool HasStarted => _seen.Count > 1;

    public bool WasReady => _seen.Exists(static status => status.State == Ready);

    /// <summary>True when the watch has ended, as it does with the connection.</summary>
    public bool IsOver { get; private set; }

    public async Task WatchAsync()
    {
        await foreach (var status in client.WatchAsync())
        {
            subject.Trace.Write($"state {status.State} since {(status.Since - subject.World.Began).TotalSeconds:0.0000}: {status.Reason}");
            SecretCheck.OfText(subject.Verdict, "a state's reason", status.Reason);
            SecretCheck.OfException(subject.Verdict, status.Exception);
            if (_seen is [.., var last])
            {
                Check(last, status);
            }

            _seen.Add(status);
        }

        IsOver = true;
    }

    /// <summary>Another watcher begins, now.</summary>
    public void WatchAgain() => _ = WatchAgainAsync(_others.Count + 1);

    /// <summary>With nothing else to do: a fault that stops the host has asked it to.</summary>
    public void CheckNow() => subject.Verdict.Require(
        client.State != Faulted || subject.Options.OnFault != LateFaultBehavior.StopHost || subject is { Life: { IsTerminated: false } or { Running: not null } }
            || subject.World.IsAskedToStop || subject.IsStopping,
        "P15",
        $"the connection is faulted, and the host was not asked to stop");

    /// <summary>The connection is stopped: every watcher has seen what the first one saw from where it began.</summary>
    public void CheckOver()
    {
        subject.Verdict.Require(IsOver && (_seen[^1].State == Stopped || (_seen[^1].State == Faulted && subject.Plan.IsSupervised)), "P15", $"the connection has ended, and its last state is {_seen[^1].State}");
        // What fails while the connection stops is reported as a failure, and is no state any more.
        var (logged, seen) = (subject.Logs.Count(8), _seen.Count(status => status.State == Faulted));
        subject.Verdict.Require(logged == seen || (subject.IsStopping && logged == seen + 1), "P15", $"{logged} critical log lines report {seen} faults");
        foreach (var (number, others) in _others)
        {
            var isSuffix = others.Count <= _seen.Count
                && others.Zip(_seen.Skip(_seen.Count - others.Count)).All(static pair => Change(pair.First) == Change(pair.Second));
            subject.Verdict.Require(isSuffix, "P15", $"watcher {number} saw {string.Join(" ", others.Select(status => status.State))}");
        }
    }

    private async Task WatchAgainAsync(int number)
    {
        var (seen, present) = (new List<LateConnectionStatus>(), client.Status);
        _others.Add((number, seen));
        await foreach (var status in client.WatchAsync())
        {
            subject.Verdict.Require(seen.Count > 0 || Change(status) == Change(present), "P15", $"watcher {number} begins with {status.State}, and the state was {present.State}");
            seen.Add(status);
        }
    }

    private void Check(LateConnectionStatus from, LateConnectionStatus to)
    {
        subject.Verdict.Require(IsLegal(from.State, to.State), "P15", $"the state went from {from.State} to {to.State}");
        subject.Verdict.Require(to.Since >= from.Since, "P15", $"{to.State} is older than {from.State}");
        subject.Verdict.Require(
            from.State != Connected || subject.SendLimit.IsSet || to.Since - from.Since <= subject.Options.ReadyTimeout, "P7", $"the session was open and not ready for {to.Since - from.Since}");
        subject.Verdict.Require(
            from.State != Connecting || from.Reason == NewLife || subject.Plan.Budget is not null
                || to.Since - from.Since <= subject.Options.ConnectTimeout + subject.Time.PassedBetween(from.Since, to.Since) || subject.Preparations.HasOverrun(to.Since - subject.World.Began),
            "P10",
            $"an attempt took {to.Since - from.Since}");
    }

    // What changes within a state does not notify present watchers.
    private static LateConnectionStatus Change(LateConnectionStatus status) =>
        status with { NextAttemptAt = null, IsLifeRequested = false, Attempt = 0, Reason = status.State == Connecting ? "" : status.Reason };

    private static bool IsLegal(LateConnectionState from, LateConnectionState to) => to switch
    {
        Connecting => from is NotStarted or Reconnecting or Faulted,
        Connected => from is Connecting,
        Ready => from is Connected,
        Reconnecting => from is Connecting or Connected or Ready,
        Stopping => from is not Stopping,
        Stopped => from is Stopping,
        Faulted => from is not (Stopping or Faulted),
        _ => false,
    };
}
