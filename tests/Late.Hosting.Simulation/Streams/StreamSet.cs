using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Streams;

/// <summary>The streams of a connection, and their readers (promises P1, P5, P17 and P19).</summary>
internal sealed class StreamSet(Subject subject, ILateClient<SimulationHandler> client, StreamPlan plan)
{
    private readonly List<StreamErrand> _all = [];
    private readonly List<FlowReader> _readers = [];
    private readonly Dictionary<int, FlowWriter> _writers = [];
    private readonly StreamEnds _ends = new(subject);
    private LatePendingCalls<int>? _table;
    private int _lastDelivered;

    // Nothing is to be observed of those before it.
    private int _first;

    private Dice Dice => subject.World.Chances.Streams;

    private bool IsOver => client.Status is { State: LateConnectionState.Stopped } or { State: LateConnectionState.Faulted, NextAttemptAt: null };

    /// <summary>The application does something about its streams.</summary>
    /// <returns>False where it does something else.</returns>
    public bool TryAct()
    {
        if (!Dice.Chance(plan.ActsPercent))
        {
            return false;
        }

        switch (Dice.Weighted(60, 25, 15))
        {
            case 0:
                var stream = new StreamErrand(subject, FlowPlan.Draw(Dice, plan), _all.Count + 1) { Task = Task.CompletedTask };
                var reader = new FlowReader(subject, stream, _ends);
                _all.Add(stream);
                _readers.Add(reader);
                reader.Begin(client);
                break;
            case 1 when _all.Count > 0 && Dice.Between(_first, _all.Count) is var left && left < _all.Count && !_all[left].IsOver:
                _readers[left].Leave();
                break;
            default:
                Pick()?.Write(DrawItems());
                break;
        }

        return true;
    }

    /// <summary>A callback writes, completes, fails.</summary>
    public void ActInCallback()
    {
        if (Dice.Chance(plan.WritesPercent))
        {
            Pick()?.Write(DrawItems());
        }

        if (Dice.Chance(plan.CompletesPercent))
        {
            Pick()?.Complete();
        }

        if (Dice.Below(1000) < plan.FailsPerMille)
        {
            Pick()?.Fail();
        }
    }

    /// <summary>How many items are written in a row.</summary>
    public int DrawItems() => Dice.Between(1, plan.MostItems);

    /// <summary>A stream reaches the handler.</summary>
    public FlowWriter OnDelivered(int id, LiveStream live, LatePendingCalls<int> table)
    {
        var stream = _all[id - 1];
        subject.Trace.Write($"{stream} reaches the handler");
        subject.Verdict.Require(id > _lastDelivered, "P1", $"{stream} reached the handler after stream {_lastDelivered}");
        subject.Verdict.Require(
            !stream.IsOver && !stream.Caller.IsCancellationRequested && !live.Stream.IsEnded, "P5", $"{stream} reached the handler after it had ended");
        (_lastDelivered, _table, stream.Live, stream.IsDelivered) = (id, table, live, true);
        return _writers[id] = new FlowWriter(subject, stream, table);
    }

    /// <summary>The handler is notified that a stream has ended.</summary>
    public void OnNotified(LateCallEnd<Flow> end, int session) => _ends.OnNotified(_all[end.Request.Id - 1], end.Reason, end.Call, session);

    /// <summary>A session has ended: so have its streams.</summary>
    public void OnDisconnected(int session)
    {
        for (var i = _first; i < _all.Count; i++)
        {
            if (_all[i].Live is { } live && live.Session == session)
            {
                subject.Verdict.Require(live.Stream.IsEnded, "P5", $"{_all[i]} outlived its session {session}");
                _all[i].IsLost = true;
            }
        }

        subject.Verdict.Require(_table is null or { Count: 0 }, "P5", $"{_table?.Count} streams of an ended session are left in the table of the handler");
    }

    /// <summary>With nothing else to do: each reader has what there is, and each end is known.</summary>
    public void CheckNow()
    {
        while (_first < _all.Count && _all[_first].IsDone)
        {
            _first++;
        }

        var (isChecked, kept) = (subject is { HasHung: false, Logs.HasAbandoned: false }, 0);
        for (var i = _first; i < _all.Count; i++)
        {
            kept += _all[i].IsKept ? 1 : 0;
            if (isChecked)
            {
                _ends.CheckNow(_all[i]);
            }

            if (IsOver)
            {
                // Nothing more comes: those that do not read find the end.
                _readers[i].Resume();
            }
        }

        subject.Verdict.Require(!isChecked || _table is null || _table.Count == kept, "P5", $"the handler's table has {_table?.Count} streams, and {kept} have not ended");
    }

    /// <summary>The connection is stopped.</summary>
    public void CheckOver() => subject.Verdict.Require(_all.TrueForAll(static stream => stream.IsOver), "P5", $"{_all.Count(static stream => !stream.IsOver)} streams have not ended, and the connection has");

    // Mostly one that may continue, and sometimes one that has ended long ago.
    private FlowWriter? Pick()
    {
        var from = Dice.Chance(90) ? _first : 0;
        return from < _all.Count ? _writers.GetValueOrDefault(Dice.Between(from, _all.Count - 1) + 1) : null;
    }
}
