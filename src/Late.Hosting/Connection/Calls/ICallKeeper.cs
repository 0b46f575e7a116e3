namespace Late.Hosting.Connection.Calls;

/// <summary>Where a call waits: in the mailbox until its turn, then in the session of the handler that has it.</summary>
internal interface ICallKeeper
{
    /// <summary>The call has ended.</summary>
    void Forget(LateCall call);
}
