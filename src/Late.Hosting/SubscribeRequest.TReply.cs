namespace Late.Hosting;

/// <summary>The same, where the reply has what the topic is to be kept under.</summary>
/// <typeparam name="TTopic">The topic.</typeparam>
/// <typeparam name="TItem">The type of its items.</typeparam>
/// <typeparam name="TReply">The type of the reply.</typeparam>
internal sealed class SubscribeRequest<TTopic, TItem, TReply> : SubscribeRequest<TTopic, TItem>, IPendingCall<TReply>
{
    private readonly Action<TReply> _replied;

    /// <param name="topic">The topic.</param>
    /// <param name="replied">Runs with the reply, before the topic is confirmed.</param>
    public SubscribeRequest(LateTopic<TTopic, TItem> topic, Action<TReply> replied)
        : base(topic)
    {
        _replied = replied;
        Call = new LateCall<TReply>(this);
    }

    public bool Reply(TReply value)
    {
        if (IsEnded)
        {
            return false;
        }

        try
        {
            _replied(value);
        }
        catch (Exception exception)
        {
            // The request is in no table any more: nothing else would end it.
            Fail(exception);
            throw;
        }

        return Complete();
    }
}
