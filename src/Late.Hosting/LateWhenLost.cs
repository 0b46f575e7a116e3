namespace Late.Hosting;

/// <summary>What a call does that has been accepted, and whose session is lost before the handler has it.</summary>
public enum LateWhenLost
{
    /// <summary>It fails with a <see cref="LateDisconnectedException"/> whose delivery is <see cref="LateDelivery.NotDelivered"/>.</summary>
    Fail,

    /// <summary>
    /// It keeps its place, and goes into the next session before all that came after it. Its time continues to run. A call that the handler
    /// has received fails all the same: it may have reached the server.
    /// </summary>
    Wait,
}
