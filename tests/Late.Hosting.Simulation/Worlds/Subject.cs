using Late.Hosting.Simulation.Calling;
using Late.Hosting.Simulation.Checks;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Streams;
using Late.Hosting.Simulation.Topics;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>One connection of a world, from its start to its end, and all that is held against it.</summary>
internal sealed class Subject
{
    public Subject(World world, ILateClient<SimulationHandler> client, StartRequest? request, string label)
    {
        (World, Client, StartRequest) = (world, client, request);
        Trace = new WorldTrace(world.Trace, label);
        Verdict = new Verdict(Trace, world.Verdict, label);
        Logs = new SubjectLogs(this);
        Transport = new SimulatedTransport(this);
        (Traffic, Calls, Posts, Callers) = (new Traffic(this), new Calls(this), new Posts(this), new Callers(this, client));
        (Life, Attempts, Reasons, Bounds, Errors) = (new Life(this), new Attempts(this), new Reasons(this), new Bounds(this), new Errors(this));
        (Rotations, Preparations, Ending, SendLimit) = (new Rotations(this), new Preparations(this), new Ending(this), new SendLimit(this));
        (Gaps, ReadRuns, Closings, Lives) = (new Gaps(this), new ReadRuns(this), new Closings(this), new Lives(this));
        (Requests, Addresses, Moments) = (new Requests(this), new Addresses(this), new Moments(this));
        (CallSlots, CallEnds, CallRetries, FreePosts) = (new CallSlots(this), new CallEnds(this), new CallRetries(this), new FreePosts(this, client));
        Topics = world.Plan.Topics is { } plan ? new TopicSet(this, client, plan) : null;
        Streams = world.Plan.Streams is { } streams ? new StreamSet(this, client, streams) : null;
        Statuses = new Statuses(this, client);
        _ = Statuses.WatchAsync();
    }

    public World World { get; }

    public ILateClient<SimulationHandler> Client { get; }

    /// <summary>What the start by key has asked for; null where the host starts it.</summary>
    public StartRequest? StartRequest { get; }

    public LateConnectionOptions Options => Plan.Options;

    public LateStartupMode Startup => StartRequest?.Startup ?? Options.Startup;

    public WorldTrace Trace { get; }

    public Verdict Verdict { get; }

    public SubjectLogs Logs { get; }

    public SimulatedTransport Transport { get; }

    /// <summary>Every network connection that the server has accepted.</summary>
    public List<ServerSession> Sessions { get; } = [];

    /// <summary>The network connection of the session that there is, or of the last one; null before the first.</summary>
    public ServerSession? Session { get; set; }

    public Traffic Traffic { get; }

    public Calls Calls { get; }

    public Posts Posts { get; }

    public Callers Callers { get; }

    public Life Life { get; }

    public Attempts Attempts { get; }

    public Reasons Reasons { get; }

    public Bounds Bounds { get; }

    public Errors Errors { get; }

    public Rotations Rotations { get; }

    public Preparations Preparations { get; }

    public Ending Ending { get; }

    public SendLimit SendLimit { get; }

    public Gaps Gaps { get; }

    public ReadRuns ReadRuns { get; }

    public Closings Closings { get; }

    public Statuses Statuses { get; }

    public Lives Lives { get; }

    public Requests Requests { get; }

    public Moments Moments { get; }

    public Addresses Addresses { get; }

    public CallSlots CallSlots { get; }

    public CallEnds CallEnds { get; }

    public CallRetries CallRetries { get; }

    public FreePosts FreePosts { get; }

    /// <summary>Its topics, and their readers; null for none.</summary>
    public TopicSet? Topics { get; }

    /// <summary>Its streams, and their readers; null for none.</summary>
    public StreamSet? Streams { get; }

    /// <summary>The handler of the present life, or of the last; null before the first.</summary>
    public SimulationHandler? Handler { get; private set; }

    /// <summary>How often the backoff has asked for its jitter.</summary>
    public int JitterDraws { get; set; }

    /// <summary>A callback hangs indefinitely.</summary>
    public bool HasHung { get; set; }

    /// <summary>It is asked to stop, with the host or by itself.</summary>
    public bool IsStopping => World.IsStopping || (Plan.IsSupervised && Ending.IsAskedToStop);

    /// <summary>True where what the mailbox has is handled immediately: the session is ready, and its handler has nothing to do.</summary>
    public bool IsIdle => this is { Client.State: LateConnectionState.Ready, Life.Running: null, SendLimit.IsSet: false, Session.Wire: { BlockedSince: null, IsOver: false } };

    public Dice Dice => World.Dice;

    public SimulatedTime Time => World.Time;

    public WorldPlan Plan => World.Plan;

    /// <summary>A handler is made, for a life that begins.</summary>
    public void BeginLife(SimulationHandler handler)
    {
        if (Handler is { } last)
        {
            Verdict.Require(last.IsDisposed || Logs.HasAbandoned, "P3", $"a new life begins, and the handler of the last was not disposed");
            Verdict.Require(last.PendingCalls == 0, "P5", $"a new life begins, and {last.PendingCalls} calls are left in the table of the last");
            Life.BeginNext();
            Gaps.OnSessionOver();
            Preparations.BeginLife();
            Addresses.BeginLife();
            Errors.OnLife();
        }

        Handler = handler;
    }

    /// <summary>With nothing else to do: nothing is in the way of a promise.</summary>
    public void CheckNow()
    {
        Callers.CheckNow();
        CallSlots.CheckNow();
        CallEnds.CheckNow();
        Handler?.Entries.CheckNow();
        Posts.CheckNow(isOver: false);
        FreePosts.CheckNow(isOver: false);
        Bounds.CheckNow();
        Errors.CheckNow();
        Rotations.CheckNow();
        Statuses.CheckNow();
        Lives.CheckNow();
        Requests.CheckNow();
        Gaps.CheckNow();
        Topics?.CheckNow();
        Streams?.CheckNow();
    }

    /// <summary>The host is stopped: nothing is left of the connection.</summary>
    public void CheckOver()
    {
        Callers.CheckOver();
        Errors.CheckOver();
        Posts.CheckNow(isOver: true);
        FreePosts.CheckNow(isOver: true);
        Topics?.CheckOver();
        Streams?.CheckOver();
        Verdict.Require(Sessions.TrueForAll(session => session.Wire.IsDisposed), "P9", $"a network connection is still open");
        Verdict.Require(Handler is null || Handler.PendingCalls == 0, "P5", $"{Handler?.PendingCalls} calls are left in the table of pending calls");
        if (Handler is not null && !Logs.HasAbandoned)
        {
            Verdict.Require(!Life.IsConnected, "P3", $"a HandleConnect has no HandleDisconnect");
            Verdict.Require(Life.IsTerminated || !Life.IsInitialized, "P3", $"an Init has no HandleTerminate");
            Verdict.Require(Transport.IsDisposed && Handler.IsDisposed, "P9", $"the transport or the handler was not disposed");
        }
    }
}
