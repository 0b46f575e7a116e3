using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Connection;

/// <summary>The present life of a connection: its parts, what watches them, and what a stop no longer waits for.</summary>
internal sealed class PresentLife(ConnectionContext connection, LifeFactory lives)
{
    private volatile ConnectionParts? _parts;
    private CallbackMonitor? _monitor;

    /// <summary>Its parts, or those of the last life; null before the first.</summary>
    public ConnectionParts? Parts => _parts;

    public StopSignals Signals { get; } = new();

    /// <summary>How long the parts of a stop may take; null where none was requested.</summary>
    public StopLimits? StopLimits { get; set; }

    /// <summary>Makes the parts of the next life.</summary>
    public void Make() => _parts = lives.Make();

    /// <summary>Makes the parts of a life that is not the first.</summary>
    /// <returns>The fault that follows where its handler cannot be made; otherwise null.</returns>
    public LateTerminateReason? TryMakeNext()
    {
        connection.Log.LifeBegins(connection.Name, connection.Lifecycle.Lives);
        try
        {
            Make();
            return null;
        }
        catch (Exception exception)
        {
            connection.Lifecycle.NoteInitFailure(exception);
            return new LateTerminateReason(LateTerminateKind.Faulted, $"The handler could not be created: {TypeName.Of(exception.GetType())}.", exception);
        }
    }

    /// <summary>It begins to run.</summary>
    public void Begin()
    {
        connection.Telemetry.LifeBegan();
        Volatile.Write(ref _monitor, new CallbackMonitor(Parts!.Runner.Callback, connection, connection.Services.GetRequiredService<CallbackMonitors>()));

        // The options may have been reloaded since it has read them.
        OnSettingsChanged();
    }

    /// <summary>Ends it: nothing of its handler runs after that. A life ends once.</summary>
    public async Task EndAsync(LateTerminateReason reason)
    {
        // One that does not end is no longer waited for when it is abandoned.
        await Parts!.Runner.Vacancy.EndAsync().WaitAsync(Signals.Abandoned.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        var limits = StopLimits ?? Connection.StopLimits.Of(connection.Options);
        await Parts.TerminateAsync(connection, reason, limits.Terminate, Signals.Ended.Token).ConfigureAwait(false);
        Interlocked.Exchange(ref _monitor, null)?.Dispose();
    }

    /// <summary>The options were reloaded.</summary>
    public void OnSettingsChanged() => Volatile.Read(ref _monitor)?.OnSettingsChanged();
}
