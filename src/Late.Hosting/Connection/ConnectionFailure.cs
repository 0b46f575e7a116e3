namespace Late.Hosting.Connection;

/// <summary>Why work is refused or fails; makes one exception for each that is told of it.</summary>
internal sealed class ConnectionFailure
{
    private readonly Func<string, LateDelivery, LateException> _make;

    private ConnectionFailure(Func<string, LateDelivery, LateException> make) => _make = make;

    public static ConnectionFailure Stopped { get; } = new((name, delivery) =>
        new LateStoppedException(name, $"Connection '{name}' is stopped, and takes no more work. {Advice(delivery)}") { Delivery = delivery });

    public static ConnectionFailure Faulted(string description, Exception? exception) => new((name, delivery) =>
        new LateFaultedException(name, $"Connection '{name}' has given up: {description} Mend the cause and restart the host. {Advice(delivery)}", exception) { Delivery = delivery });

    public static ConnectionFailure Disconnected(LateDisconnect disconnect) => new((name, delivery) =>
        new LateDisconnectedException(name, $"The session of connection '{name}' ended: {disconnect.Description} {Advice(delivery)}", disconnect.Exception)
        {
            Delivery = delivery,
            CloseCode = disconnect.CloseCode,
            CloseReason = disconnect.CloseReason,
        });

    public static ConnectionFailure NotReady(ConnectionStatus status) => new((name, delivery) =>
        new LateDisconnectedException(name, $"{status.Explain()} {Advice(delivery)} To wait for it, say WhenNotReady = Wait.", status.Current.Exception) { Delivery = delivery });

    public LateException ToException(string connectionName, LateDelivery delivery) => _make(connectionName, delivery);

    private static string Advice(LateDelivery delivery) => delivery == LateDelivery.NotDelivered
        ? "Nothing was sent; it is safe to try again."
        : "The server may have acted on it: find out before you try again.";
}
