namespace Late.Hosting;

/// <summary>A request of the handler's own, for which no caller waits: its reply only ends it.</summary>
internal sealed class LateOwnCall(IOwnCall pending) : LateCall(pending)
{
    private readonly IOwnCall _pending = pending;

    /// <summary>The same call as one that takes replies of a type.</summary>
    public LateCall<TReply> As<TReply>() => new(new Typed<TReply>(_pending));

    internal override bool TryComplete(object key) => _pending.Complete();

    private sealed class Typed<TReply>(IOwnCall pending) : IPendingCall<TReply>
    {
        public bool IsEnded => pending.IsEnded;

        public long Session => pending.Session;

        public IKeptCall? Kept => pending.Kept;

        public bool Reply(TReply value) => pending.Complete();

        public bool Fail(Exception exception) => pending.Fail(exception);

        public void Keep(IKeptCall entry) => pending.Keep(entry);

        public InvalidOperationException OtherReply(object key, Type reply) => pending.OtherReply(key, reply);
    }
}
