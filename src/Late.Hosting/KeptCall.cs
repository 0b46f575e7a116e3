namespace Late.Hosting;

/// <summary>An entry of a table that keeps a call. The call knows its entries, so that none outlives it.</summary>
internal abstract class KeptCall
{
    /// <summary>The entry of the same call that was made before; written once, when the call takes the entry.</summary>
    public KeptCall? Before { get; set; }

    /// <summary>The call has ended, however it did.</summary>
    public abstract void OnEnded(LateCall call);
}
