using Late.Hosting.WebSockets;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>The scoped services of callbacks: a callback's scope begins with their first use and is disposed with it.</summary>
internal static class CallbackServices
{
    /// <summary>The services of the callback of a connection to which the calling code belongs.</summary>
    /// <exception cref="InvalidOperationException">It belongs to none.</exception>
    public static IServiceProvider Of(ConnectionContext connection) =>
        CallbackScope.Find(connection)?.UseServices(() => Open(connection))
        ?? throw new MisuseException(
            $"CallbackServices of connection '{connection.Name}' was used where none of its callbacks runs: its scope is that of a callback. Use it inside a callback, or create a scope with IServiceScopeFactory.");

    /// <summary>Disposes what a callback has used; what that throws is reported.</summary>
    /// <param name="services">The scope.</param>
    /// <param name="callback">The callback.</param>
    /// <param name="connection">The connection.</param>
    public static async ValueTask DisposeAsync(IServiceScope services, string callback, ConnectionContext connection)
    {
        try
        {
            await new AsyncServiceScope(services).DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            connection.Errors.DisposalThrew(callback, exception);
        }
    }

    private static IServiceScope Open(ConnectionContext connection) =>
        connection.Services.GetService<ServiceScopeSource>() is { } source ? source() : connection.Services.CreateScope();
}
