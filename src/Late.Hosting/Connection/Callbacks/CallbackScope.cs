using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>
/// Knows whether code runs inside a callback of a connection, so that a call to oneself fails instead of waiting for
/// itself (promise P14).
/// </summary>
/// <remarks>
/// A scope flows with the execution context into whatever a callback starts. Each call and each message has its own; the
/// frames that complete synchronously share one, since making one for each would cost more than they do. Work that a
/// <c>HandleIn</c> leaves running may thus be taken for a part of a later one, while that one runs.
/// </remarks>
internal sealed class CallbackScope(RunningCallback callback)
{
    private static readonly AsyncLocal<CallbackScope?> Ambient = new();

    private volatile bool _isRunning;

    /// <summary>True where the calling code belongs to a running callback of a connection.</summary>
    public static bool IsInside(ConnectionContext connection) => Find(connection) is not null;

    /// <summary>The running callback of a connection to which the calling code belongs; null where it belongs to none.</summary>
    public static RunningCallback? Find(ConnectionContext connection) =>
        Ambient.Value is { _isRunning: true } scope && scope.IsOf(connection) ? scope.Callback : null;

    /// <summary>
    /// Runs what waits for the end of a connection. Inside one of its callbacks it would wait for itself: there it begins, and
    /// continues when the callback has completed.
    /// </summary>
    public static Task RunOutside(ConnectionContext connection, Func<Task> work)
    {
        if (!IsInside(connection))
        {
            return work();
        }

        var scope = Ambient.Value;
        Ambient.Value = null;
        _ = work().Observed();
        Ambient.Value = scope;
        return Task.CompletedTask;
    }

    /// <summary>Makes a scope the one that flows with the callbacks begun from here.</summary>
    public static CallbackScope Begin(RunningCallback callback)
    {
        var scope = new CallbackScope(callback);
        Ambient.Value = scope;
        return scope;
    }

    /// <summary>Makes a scope flow again, or a new one where there is none.</summary>
    public static CallbackScope Continue(RunningCallback callback, CallbackScope? scope)
    {
        scope ??= new CallbackScope(callback);
        if (Ambient.Value != scope)
        {
            Ambient.Value = scope;
        }

        return scope;
    }

    /// <summary>A callback begins.</summary>
    public void Enter() => _isRunning = true;

    /// <summary>The callback has completed.</summary>
    public void Exit() => _isRunning = false;

    private RunningCallback Callback => callback;

    private bool IsOf(ConnectionContext connection) => callback.Connection == connection;
}
