namespace Late.Hosting;

/// <summary>An entry of a table that keeps a call. The call knows its entries, so that none outlives it.</summary>
internal interface IKeptCall
{
    /// <summary>The entry of the same call that was made before; written once, when the call takes the entry.</summary>
    IKeptCall? Before { get; set; }

    /// <summary>The call has ended, however it did.</summary>
    void OnEnded(LateCall call);
}
