namespace Late.Hosting.HostilePeer.Client;

/// <summary>A call.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Kind">What answers it.</param>
internal sealed record Ask(int Number, AskKind Kind) : ILateRequest<Ask, int>;
