namespace Late.Hosting.Simulation.Worlds;

/// <summary>What a world's supervisor is like.</summary>
internal sealed record FleetPlan
{
    /// <summary>How many keys are used; few, so that they collide.</summary>
    public required int Keys { get; init; }

    public required int? MaxConnections { get; init; }

    public required LateEndBehavior OnStop { get; init; }

    public required LateEndBehavior OnFault { get; init; }

    public static FleetPlan Draw(Dice dice)
    {
        var keys = dice.Between(1, 6);
        return new FleetPlan
        {
            Keys = keys,
            MaxConnections = dice.Chance(30) ? dice.Between(1, keys) : null,
            OnStop = (LateEndBehavior)dice.Below(3),
            OnFault = (LateEndBehavior)dice.Below(3),
        };
    }
}
