namespace Late.Hosting;

/// <summary>The life of a call without a caller, to which any reply is one.</summary>
internal interface IOwnCall : IPendingCall
{
    /// <summary>Ends the call with its reply; false where it has ended.</summary>
    bool Complete();
}
