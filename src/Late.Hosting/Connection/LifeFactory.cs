using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection;

/// <summary>Makes the parts of each life: a new handler, over the connection's one transport and its addresses.</summary>
/// <param name="connection">The connection.</param>
/// <param name="makeHandler">Makes a handler.</param>
/// <param name="makeTransport">Makes the transport.</param>
internal sealed class LifeFactory(ConnectionContext connection, Func<ILateHandler> makeHandler, Func<ITransport> makeTransport) : IDisposable
{
    private readonly Addresses _addresses = new();
    private ITransport? _transport;

    /// <summary>Makes the parts of the next life.</summary>
    public ConnectionParts Make()
    {
        var handler = makeHandler();
        _transport ??= makeTransport();
        var runner = Runner.Open(handler, connection);
        _addresses.BeginLife();
        return new ConnectionParts(handler, runner, new SessionCycle(connection, _transport, runner, _addresses));
    }

    public void Dispose() => _transport?.Dispose();
}
