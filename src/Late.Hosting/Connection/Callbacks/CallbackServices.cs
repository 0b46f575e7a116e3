using Late.Hosting.WebSockets;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>The scoped services of the callback that runs: a scope that begins with their first use and is disposed with the callback.</summary>
internal sealed class CallbackServices(ConnectionContext connection)
{
    private IServiceScope? _scope;

    /// <summary>True where the callback has used them.</summary>
    public bool IsInUse => _scope is not null;

    /// <summary>The services of the callback of a connection to which the calling code belongs.</summary>
    /// <exception cref="InvalidOperationException">It belongs to none.</exception>
    public static IServiceProvider Of(ConnectionContext connection) => CallbackScope.Find(connection) is { } callback
        ? callback.Services.Get()
        : throw new MisuseException(
            $"CallbackServices of connection '{connection.Name}' was used where none of its callbacks runs: its scope is that of a callback. Use it inside a callback, or create a scope with IServiceScopeFactory.");

    /// <summary>Disposes what the callback has used. Until then its scope is not replaced: what uses it meanwhile finds it disposed.</summary>
    /// <param name="callback">The callback.</param>
    public async ValueTask DisposeAsync(string callback)
    {
        try
        {
            await new AsyncServiceScope(_scope!).DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            connection.Errors.DisposalThrew(callback, exception);
        }

        _scope = null;
    }

    private IServiceProvider Get() => (Volatile.Read(ref _scope) ?? Begin()).ServiceProvider;

    private IServiceScope Begin()
    {
        var scope = connection.Services.GetService<ServiceScopeSource>() is { } source ? source() : connection.Services.CreateScope();
        if (Interlocked.CompareExchange(ref _scope, scope, null) is not { } other)
        {
            return scope;
        }

        // A callback may do several things concurrently.
        scope.Dispose();
        return other;
    }
}
