using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sending;

namespace Late.Hosting.Connection.Topics;

/// <summary>Confirms topics when the frames of their <c>HandleSubscribe</c> are written, or immediately where it has none.</summary>
/// <param name="confirm">Confirms them.</param>
/// <param name="connection">The connection.</param>
internal sealed class TopicConfirmation(Action confirm, ConnectionContext connection) : SendItem(default, connection)
{
    private bool _isHeld;
    private bool _hasFrames;

    /// <summary>The result is known.</summary>
    /// <param name="isHeld">Whether the handler confirms them later.</param>
    /// <param name="hasFrames">Whether it has frames.</param>
    /// <returns>What is notified when the frames are written; null for nothing.</returns>
    public SendItem? Applies(bool isHeld, bool hasFrames)
    {
        (_isHeld, _hasFrames) = (isHeld, hasFrames);
        return isHeld ? null : this;
    }

    /// <summary>The result is applied.</summary>
    public void Applied()
    {
        if (!_isHeld && !_hasFrames)
        {
            confirm();
        }
    }

    public override void Written() => confirm();

    // The session has ended, and the handler subscribes again in the next.
    public override void Refuse(ConnectionFailure failure)
    {
    }

    public override void Lost(ConnectionFailure failure)
    {
    }
}
