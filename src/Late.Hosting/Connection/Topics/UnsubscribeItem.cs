using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Connection.Topics;

/// <summary><c>HandleUnsubscribe</c> for a topic whose last reader has left: the same as <see cref="SubscribeItem{TKey, TItem}"/>.</summary>
/// <param name="topic">The topic.</param>
/// <param name="leave">The number of the leave that it follows; null where it follows a reader that waits for a lost reply.</param>
internal sealed class UnsubscribeItem<TKey, TItem>(Topic<TKey, TItem> topic, long? leave) : MailboxItem
    where TKey : ILateTopic<TKey, TItem>
{
    public override bool TakesRoom => false;

    public override string CallbackName => "HandleUnsubscribe";

    public override void Refuse(ConnectionFailure failure)
    {
    }

    public override async ValueTask HandleAsync(Runner runner)
    {
        if (topic.TryUnsubscribe(leave) is not { } ended)
        {
            return;
        }

        try
        {
            if (runner.Handler is ILateTopicHandler<TKey, TItem> handler)
            {
                await handler.HandleAsync(runner.State, topic.Key).ConfigureAwait(false);
            }
        }
        finally
        {
            topic.End(ended);
        }
    }
}
