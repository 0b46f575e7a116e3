namespace Late.Hosting;

/// <summary>The same, with the type of the reply.</summary>
/// <typeparam name="TReply">The type of the reply.</typeparam>
internal interface IPendingCall<TReply> : IPendingCall
{
    /// <summary>Gives the caller its reply; false where the call has ended.</summary>
    bool Reply(TReply value);
}
