using Late.Hosting.Simulation.Checks;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Simulation.Calling;

/// <summary>The application around a supervisor: starts, gets and stops connections by key, on purpose often the same ones.</summary>
internal sealed class Fleet(World world, ILateSupervisor<SimulationHandler> supervisor, FleetPlan plan)
{
    private readonly List<Order> _all = [];
    private readonly Broadcasts _broadcasts = new(world, supervisor);

    /// <summary>Does one thing of the dice's choice.</summary>
    public void Act()
    {
        if (_broadcasts.TryAct())
        {
            return;
        }

        var key = $"k{world.Dice.Below(plan.Keys)}";
        switch (world.Dice.Weighted(40, 20, 30))
        {
            case 0:
                Start(key, gets: false);
                break;
            case 1:
                Start(key, gets: true);
                break;
            default:
                Stop(key);
                break;
        }
    }

    /// <summary>With nothing else to do: the keys are what the options specify.</summary>
    public void CheckNow()
    {
        _broadcasts.CheckNow();
        var connections = supervisor.Connections;
        world.Verdict.Require(!(connections.Count > plan.MaxConnections), "P8", $"there are {connections.Count} connections, more than {plan.MaxConnections}");
        foreach (var order in _all)
        {
            // A callback and the close handshake have their time, until both are abandoned.
            var longest = (2 * world.Plan.Options.CallbackGracePeriod) + world.Plan.Options.CloseTimeout + TimeSpan.FromSeconds(1);
            world.Verdict.Require(order.Kind != "stop" || order.Task.IsCompleted || world.Time.Elapsed - order.Began <= longest + world.Time.Slack, "P9", $"{order} has not ended since {order.Began}");
        }

        _all.RemoveAll(static order => order.Task.IsCompleted);
        foreach (var subject in world.Subjects.Latest)
        {
            var isThere = connections.TryGetValue(KeyOf(subject), out var client) && client == subject.Client;
            subject.Ending.CheckNow(plan, isThere);
        }
    }

    /// <summary>The host has stopped: so has everything that was asked for.</summary>
    public void CheckOver()
    {
        foreach (var order in _all)
        {
            world.Verdict.Require(order.Task.IsCompleted, "P5", $"{order} has not ended, and the host has stopped");
        }
    }

    private static string KeyOf(Subject subject) => subject.Client.Name.Split('/')[1];

    private void Start(string key, bool gets)
    {
        var request = new StartRequest((LateStartupMode)world.Dice.Weighted(70, 15, 15));
        var cancellation = Cancellation(out var cancelledAt);
        var kind = gets ? "get" : "start";
        world.Trace.Write($"{kind} {key}: {request.Startup}{(cancelledAt is { } at ? $", cancelled at {at}" : "")}");
        var before = supervisor.TryGet(key, out var client) ? client : null;
        var (state, isFull) = (before?.State, supervisor.Connections.Count >= plan.MaxConnections);
        if (cancelledAt is not null)
        {
            request.CancelledAt = cancelledAt;
        }

        SimulationHandler Create(IServiceProvider services) => new(services.GetRequiredService<ILateClient<SimulationHandler>>(), world.Subjects, request);
        var task = gets
            ? supervisor.GetOrStartAsync(key, options => options.Startup = request.Startup, Create, cancellation)
            : supervisor.StartAsync(key, options => options.Startup = request.Startup, Create, cancellation);
        var order = new Order(world.NextOrder(), kind, key, world.Time.Elapsed) { Task = task, CancelledAt = cancelledAt, StartRequest = request };
        if (!world.IsStopping && cancelledAt != order.Began)
        {
            var error = task.Exception?.InnerException;
            var isInUse = state is not (null or LateConnectionState.Faulted or LateConnectionState.Stopped);
            world.Verdict.Require(error is LateKeyInUseException || gets || !isInUse, "P15", $"{order} did not fail, and the key has a connection that is {state}");
            world.Verdict.Require(error is not LateKeyInUseException || (!gets && before is not null), "P15", $"{order} found the key in use, and it was free");
            world.Verdict.Require(error is LateConnectionLimitException == (isFull && before is null), "P15", $"{order} ended with {error?.GetType().Name}, and the supervisor was {(isFull ? "" : "not ")}full");
        }

        _all.Add(order);
        _ = FollowStartAsync(order, task);
    }

    private async Task FollowStartAsync(Order order, Task<ILateClient<SimulationHandler>> task)
    {
        var startup = order.StartRequest!.Startup;
        try
        {
            var client = await task;
            world.Trace.Write($"{order}: done");
            world.Verdict.Require(client.Name == $"{supervisor.Name}/{order.Key}", "P15", $"{order} gave {client.Name}");
            var subject = world.Subjects.OfClient(client);
            world.Verdict.Require(order.Kind == "get" || subject?.StartRequest == order.StartRequest, "P15", $"{order} gave the connection of another start");
            world.Verdict.Require(
                subject?.StartRequest!.Startup == LateStartupMode.Background || subject!.Statuses.WasReady, "P3", $"{order} is done, and the connection was never ready");
        }
        catch (Exception exception)
        {
            world.Trace.Write($"{order}: {exception.GetType().Name}");
            SecretCheck.OfException(world.Verdict, exception);
            var waits = order.Kind == "get" || startup != LateStartupMode.Background;
            var isRight = exception switch
            {
                LateKeyInUseException => order.Kind == "start",
                LateConnectionLimitException => plan.MaxConnections is not null,
                LateStoppedException => world.IsStopping || waits,
                LateConnectException or LateFaultedException => waits,
                OperationCanceledException => order.CancelledAt <= world.Time.Elapsed,
                _ => false,
            };
            world.Verdict.Require(isRight, "P5", $"{order} ended with {exception.GetType().Name}: {exception.Message}");
        }
    }

    private void Stop(string key)
    {
        var before = supervisor.TryGet(key, out var client) ? client : null;
        var cancellation = Cancellation(out var cancelledAt);
        if (before is not null)
        {
            world.Subjects.OfClient(before)!.Ending.OnAskedToStop(cancelledAt);
        }

        world.Trace.Write($"stop {key}{(cancelledAt is { } at ? $", cancelled at {at}" : "")}");
        var task = supervisor.StopAsync(key, cancellation);
        var order = new Order(world.NextOrder(), "stop", key, world.Time.Elapsed) { Task = task };
        _all.Add(order);
        _ = FollowStopAsync(order, task, before);
    }

    private async Task FollowStopAsync(Order order, Task<bool> task, ILateClient<SimulationHandler>? before)
    {
        try
        {
            var was = await task;
            world.Trace.Write($"{order}: {was}");
            world.Verdict.Require(was == before is not null, "P15", $"{order} returned {was}");
            if (before is not null)
            {
                var isThere = supervisor.TryGet(order.Key, out var after) && after == before;
                world.Verdict.Require(!isThere && before.State == LateConnectionState.Stopped, "P9", $"{order} is done, and the connection is {before.State}");
            }
        }
        catch (Exception exception)
        {
            world.Verdict.Fail("P9", $"{order} ended with {exception.GetType().Name}: {exception.Message}");
        }
    }

    private CancellationToken Cancellation(out TimeSpan? at)
    {
        at = null;
        if (!world.Dice.Chance(12))
        {
            return CancellationToken.None;
        }

        var source = new CancellationTokenSource();
        var after = world.Dice.Time(1, 3000);
        at = world.Time.Elapsed + after;
        world.Time.After(after, source.Cancel);
        return source.Token;
    }
}
