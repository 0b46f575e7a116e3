namespace Late.Hosting;

/// <summary>What a call does while the connection is not ready.</summary>
public enum LateWhenNotReady
{
    /// <summary>It waits until the connection is ready, its timeout passes or its caller cancels it.</summary>
    Wait,

    /// <summary>It fails immediately with a <see cref="LateDisconnectedException"/>.</summary>
    Fail,
}
