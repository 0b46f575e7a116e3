namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>One thing that happens to a connection: an event, or work that comes, is taken or is taken back.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Session">Which session it happens to, counted from 0; one that was never opened is a mistake.</param>
/// <param name="Variant">How a session ends, or whether work waits for a session, and for the next.</param>
public sealed record Step(StepKind Kind, int Session, int Variant)
{
    public override string ToString() => $"{Kind}({Session},{Variant})";
}
