using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>
/// Knows whether code runs inside a callback of a connection, so that a call to oneself fails instead of waiting for
/// itself (promise P14), and has the scoped services of that callback.
/// </summary>
/// <remarks>
/// A scope flows with the execution context into whatever a callback starts. Each call and each message has its own; the
/// frames that complete synchronously and use no services share one, since making one for each would cost more than they do.
/// Work that a <c>HandleIn</c> leaves running may thus be taken for a part of a later one, while that one runs.
/// </remarks>
internal sealed class CallbackScope(RunningCallback callback)
{
    private static readonly AsyncLocal<CallbackScope?> Ambient = new();

    // What _services is where the callback does not run.
    private static readonly object s_ended = new();

    // Null while a callback runs, then the services that it uses. One field, so that they begin in a callback that runs or not at all.
    private object? _services = s_ended;

    /// <summary>True where the callback, which runs, has used services.</summary>
    public bool HasServices => _services is not null;

    /// <summary>True where the calling code belongs to a running callback of a connection.</summary>
    public static bool IsInside(ConnectionContext connection) => Find(connection) is not null;

    /// <summary>The scope of the running callback of a connection to which the calling code belongs; null where it belongs to none.</summary>
    public static CallbackScope? Find(ConnectionContext connection) =>
        Ambient.Value is { IsRunning: true } scope && scope.IsOf(connection) ? scope : null;

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
    public void Enter() => Volatile.Write(ref _services, null);

    /// <summary>The callback has completed. Where it has used services, it runs on until they are disposed.</summary>
    /// <returns>Those services; null for none.</returns>
    public IServiceScope? End() => Interlocked.CompareExchange(ref _services, s_ended, null) as IServiceScope;

    /// <summary>The services that the callback has used are disposed. Until then they are not replaced: what uses them meanwhile finds them disposed.</summary>
    public void EndServices() => Volatile.Write(ref _services, s_ended);

    /// <summary>The services of the callback.</summary>
    /// <param name="open">Makes their scope, where they were not used before.</param>
    /// <returns>Null where the callback has ended.</returns>
    public IServiceProvider? UseServices(Func<IServiceScope> open)
    {
        var services = Volatile.Read(ref _services);
        if (services is null)
        {
            // A callback may do several things concurrently, and end before what it leaves running.
            var made = open();
            services = Interlocked.CompareExchange(ref _services, made, null) ?? made;
            if (services != made)
            {
                made.Dispose();
            }
        }

        return (services as IServiceScope)?.ServiceProvider;
    }

    private bool IsRunning => Volatile.Read(ref _services) != s_ended;

    private bool IsOf(ConnectionContext connection) => callback.Connection == connection;
}
