using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Diagnostics;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Mailboxes;

/// <summary>A message on its way to the handler; its sender waits until it is accepted.</summary>
internal sealed class PostItem<TMessage>(TMessage message, ConnectionContext connection) : SubmittedItem(connection)
{
    /// <summary>True for the handler's own posts, which take no room from others.</summary>
    public bool IsOwn { get; init; }

    public override string CallbackName => "HandleInfo";

    public override bool TakesRoom => !IsOwn;

    public override bool AwaitsAcceptance => true;

    private protected override bool MayWithdrawOnceAccepted => false;

    public override void Accept() => Complete();

    public override void Refuse(ConnectionFailure failure)
    {
        if (!TryLose(failure, LateDelivery.NotDelivered))
        {
            Connection.Telemetry.PostDropped();

            // Its sender no longer waits: the log is the only place left to report it.
            Connection.Log.PostDropped(Connection.Name, TypeName.Of<TMessage>());
        }
    }

    private protected override void OnFailed() => Connection.Telemetry.PostFailed();

    public override ValueTask HandleAsync(Runner runner)
    {
        if (runner.Handler is not ILateInfoHandler<TMessage> handler)
        {
            throw new MisuseException(
                $"{TypeName.Of(runner.Handler.GetType())} does not handle {TypeName.Of<TMessage>()}. Implement ILateInfoHandler<{TypeName.Of(runner.Handler.StateType)}, {TypeName.Of<TMessage>()}>.");
        }

        return handler.HandleAsync(runner.State, message);
    }
}
