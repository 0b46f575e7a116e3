using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Topics;

/// <summary>
/// <c>HandleSubscribe</c> for a topic, or a batch of them: it is due like a post of the handler's own, takes no room in the mailbox, and is
/// dropped with its session.
/// </summary>
internal sealed class SubscribeItem<TKey, TItem>(Topic<TKey, TItem> first) : MailboxItem
    where TKey : ILateTopic<TKey, TItem>
{
    private readonly List<Topic<TKey, TItem>> _topics = [first];
    private List<LateTopic<TKey, TItem>> _begun = [];

    public override bool TakesRoom => false;

    public override string CallbackName => "HandleSubscribe";

    public void Add(Topic<TKey, TItem> topic) => _topics.Add(topic);

    public override void Refuse(ConnectionFailure failure)
    {
    }

    public override async ValueTask HandleAsync(Runner runner)
    {
        _begun = [.. _topics.Select(topic => topic.TryBegin(runner.Session.Number)).OfType<LateTopic<TKey, TItem>>()];
        if (_begun.Count == 0)
        {
            return;
        }

        if (runner.Handler is not ILateTopicHandler<TKey, TItem> handler)
        {
            TryFail(new InvalidOperationException(
                $"{TypeName.Of(runner.Handler.GetType())} does not subscribe to {TypeName.Of<TKey>()}. Implement ILateTopicHandler<{TypeName.Of(runner.Handler.StateType)}, {TypeName.Of<TKey>()}, {TypeName.Of<TItem>()}>."));
            return;
        }

        await runner.Results.SubscribeAsync(Confirm, () => handler.HandleAsync(runner.State, _begun)).ConfigureAwait(false);
    }

    /// <summary>The readers are the senders of it.</summary>
    public override bool TryFail(Exception exception)
    {
        _begun.ForEach(topic => topic.Fail(exception));
        return true;
    }

    private void Confirm() => _begun.ForEach(static topic => topic.Confirm());
}
