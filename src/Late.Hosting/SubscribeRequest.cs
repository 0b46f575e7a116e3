namespace Late.Hosting;

/// <summary>The request that subscribes to a topic, as an entry in a table of pending calls: its reply confirms the topic.</summary>
/// <typeparam name="TTopic">The topic.</typeparam>
/// <typeparam name="TItem">The type of its items.</typeparam>
internal class SubscribeRequest<TTopic, TItem> : IKeptTopic<TTopic, TItem>, IOwnCall
{
    private readonly LateTopic<TTopic, TItem> _topic;
    private IKeptCall? _kept;
    private int _isEnded;

    /// <param name="topic">The topic.</param>
    public SubscribeRequest(LateTopic<TTopic, TItem> topic)
    {
        _topic = topic;
        Call = new LateOwnCall(this);
    }

    /// <summary>The request as an entry has it.</summary>
    public LateCall Call { get; private protected init; }

    public bool IsEnded => Volatile.Read(ref _isEnded) != 0;

    public long Session => _topic.Session;

    public IKeptTopic<TTopic, TItem>? Before { get; set; }

    public IKeptCall? Kept => Volatile.Read(ref _kept);

    /// <summary>The reply is awaited, and <c>HandleUnsubscribe</c> with it; ends with the topic.</summary>
    public LateCall Begin()
    {
        _topic.AwaitsReply = true;
        _topic.Keep(this);
        return Call;
    }

    public bool Complete()
    {
        if (!TryEnd())
        {
            return false;
        }

        _topic.AwaitsReply = false;
        _topic.Confirm();
        return true;
    }

    public bool Fail(Exception exception) => TryEnd() && _topic.Fail(exception);

    // It is in one table: it is made by the one that keeps it.
    public void Keep(IKeptCall entry)
    {
        Interlocked.Exchange(ref _kept, entry);
        if (IsEnded)
        {
            entry.OnEnded(Call);
        }
    }

    public InvalidOperationException OtherReply(object key, Type reply) => new(
        $"The request under {key} subscribes to a topic, and waits for another reply than {reply.Name}. Reply with the type that it was added with.");

    public void OnEnded(LateTopic<TTopic, TItem> topic) => TryEnd();

    private protected bool TryEnd()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
        {
            return false;
        }

        Volatile.Read(ref _kept)?.OnEnded(Call);
        return true;
    }
}
