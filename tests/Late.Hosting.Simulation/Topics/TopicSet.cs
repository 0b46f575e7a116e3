using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Topics;

/// <summary>The topics of a connection, and their readers (promises P17 and P20).</summary>
internal sealed class TopicSet
{
    private readonly Subject _subject;
    private readonly ILateClient<SimulationHandler> _client;
    private readonly TopicModel[] _all;
    private readonly List<LiveTopic> _stale = [];
    private int _readers;

    public TopicSet(Subject subject, ILateClient<SimulationHandler> client, TopicPlan plan)
    {
        (_subject, _client, Plan) = (subject, client, plan);
        _all = [.. Enumerable.Range(0, plan.Topics).Select(number => new TopicModel(subject, number))];
    }

    public TopicPlan Plan { get; }

    public TopicModel this[int number] => _all[number];

    private Dice Dice => _subject.World.Chances.Readers;

    private IEnumerable<Reader> Readers => _all.SelectMany(static topic => topic.All);

    private bool IsOver => _client.Status is { State: LateConnectionState.Stopped } or { State: LateConnectionState.Faulted, NextAttemptAt: null };

    public TopicModel Of(LiveTopic topic) => _all[topic.Number];

    /// <summary>The application does something about its readers.</summary>
    /// <returns>False where it does something else.</returns>
    public bool TryAct()
    {
        if (!Dice.Chance(Plan.ActsPercent))
        {
            return false;
        }

        switch (Dice.Weighted(60, 30, 10))
        {
            case 0:
                for (var left = Dice.Chance(20) ? Plan.Crowd : 1; left > 0; left--)
                {
                    Subscribe(isOneOfMany: Plan.Crowd > 1);
                }

                break;
            case 1:
                if (Readers.ToList() is { Count: > 0 } readers)
                {
                    Dice.Pick([.. readers]).Leave();
                }

                break;
            default:
                Publish();
                break;
        }

        return true;
    }

    /// <summary>A callback publishes, confirms, fails.</summary>
    public void ActInCallback()
    {
        if (Dice.Chance(Plan.PublishesPercent))
        {
            Publish();
        }

        foreach (var topic in _all)
        {
            if (topic.Present is { LastFrame: null, IsConfirmed: false } && Dice.Chance(30))
            {
                topic.Confirm();
            }
        }

        if (Dice.Below(1000) < Plan.FailsPerMille)
        {
            _all[Dice.Below(_all.Length)].Fail();
        }

        if (_stale.Count > 0 && Dice.Chance(5))
        {
            var stale = _stale[Dice.Below(_stale.Count)];
            _subject.Verdict.Require(
                !stale.Publish(-1) && !stale.Confirm() && !stale.Fail(new SimulatedException()) && stale.IsEnded(), "P20", $"topic {stale.Number} of session {stale.Session}, which has ended, accepts something");
        }
    }

    /// <summary>A session has ended.</summary>
    /// <param name="acts">What the handler keeps.</param>
    public void OnDisconnected(TopicActs acts)
    {
        foreach (var topic in _all)
        {
            if (topic.OnDisconnected() is { } ended)
            {
                _stale.Add(ended);
            }
        }

        _subject.Verdict.Require(acts.Count == 0, "P20", $"{acts.Count} topics of an ended session are left in the tables of the handler");
    }

    /// <summary>The connection has failed permanently: its readers may have failed.</summary>
    public void OnFaulted()
    {
        foreach (var reader in Readers)
        {
            reader.OnFaulted();
        }
    }

    /// <summary>With nothing else to do: each reader has what there is, and the handler has subscribed to what has readers.</summary>
    public void CheckNow()
    {
        if (_subject is { HasHung: false, Logs.HasAbandoned: false })
        {
            Array.ForEach(_all, static topic => topic.CheckNow());
        }

        if (IsOver)
        {
            // Nothing more comes: those that do not read find the end.
            Readers.ToList().ForEach(static reader => reader.Resume());
        }
    }

    /// <summary>The connection is stopped.</summary>
    public void CheckOver() => _subject.Verdict.Require(!Readers.Any(), "P20", $"{Readers.Count()} readers have not ended, and the connection has");

    private void Publish()
    {
        var topic = _all[Dice.Below(_all.Length)];
        for (var left = Dice.Between(1, Plan.MostItems); left > 0; left--)
        {
            topic.Publish();
        }
    }

    private void Subscribe(bool isOneOfMany)
    {
        // Those that come together read one topic.
        var topic = _all[isOneOfMany ? 0 : Dice.Below(_all.Length)];
        var reader = new Reader(_subject, topic, ++_readers, ReaderPlan.Draw(_subject, Plan)) { IsQuiet = isOneOfMany };
        reader.Begin(_client);
    }
}
