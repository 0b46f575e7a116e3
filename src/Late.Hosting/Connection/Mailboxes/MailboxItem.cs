using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Mailboxes;

/// <summary>What waits in the mailbox in addition to the received frames: a call, a post or a send.</summary>
internal abstract class MailboxItem
{
    // A byte: what calls add to it fits in the same word.
    private readonly byte _whenNotReady;

    /// <summary>The list that the item stands in; written under the mailbox's lock.</summary>
    internal MailboxList? List { get; set; }

    internal MailboxItem? Previous { get; set; }

    internal MailboxItem? Next { get; set; }

    /// <summary>Its number among all that wait, and then among all that were admitted; written under the mailbox's lock.</summary>
    internal long Order { get; set; }

    /// <summary>True where the item is a call with a slot; written under the mailbox's lock.</summary>
    internal bool HoldsSlot { get; set; }

    /// <summary>True where the item is a call that needs a slot; written under the call's own lock once it is submitted.</summary>
    public bool IsLimited { get; set; }

    /// <summary>True for a call.</summary>
    public virtual bool IsCall => false;

    /// <summary>The request of a call that has a caller; null for anything else.</summary>
    public virtual RequestKind? Request => null;

    /// <summary>What the item does while the connection is not ready.</summary>
    public LateWhenNotReady WhenNotReady { get => (LateWhenNotReady)_whenNotReady; init => _whenNotReady = (byte)value; }

    /// <summary>True where the item is a call that goes into the next session where its own is lost before the handler has it.</summary>
    public bool WaitsWhenLost { get; init; }

    /// <summary>True where the item fails with the session in which it waits.</summary>
    public bool EndsWithSession => WhenNotReady == LateWhenNotReady.Fail && !WaitsWhenLost;

    /// <summary>True where the item needs no session: after <c>Init</c> it is admitted in every phase, and handled without one too.</summary>
    public bool RunsWithoutSession { get; init; }

    /// <summary>True where the item takes of the mailbox's capacity: it comes from outside the connection.</summary>
    public virtual bool TakesRoom => true;

    /// <summary>The callback that handles the item; null where none does.</summary>
    public virtual string? CallbackName => null;

    /// <summary>The mailbox has no room, or the connection is not ready: called under the mailbox's lock.</summary>
    public virtual void Suspend()
    {
    }

    /// <summary>True where the sender is notified of <see cref="Accept"/>.</summary>
    public virtual bool AwaitsAcceptance => false;

    /// <summary>The mailbox has taken the item.</summary>
    public virtual void Accept()
    {
    }

    /// <summary>The item is a call that began before a limit, and has or awaits a slot since the limit was set.</summary>
    public virtual void OnLimited()
    {
    }

    /// <summary>The item will not be handled, and has not been.</summary>
    public abstract void Refuse(ConnectionFailure failure);

    /// <summary>Handles the item. What is thrown goes to <see cref="TryFail"/>.</summary>
    /// <returns>Done when the item is handled, and the result of its callback is applied.</returns>
    public abstract ValueTask HandleAsync(Runner runner);

    /// <summary>The item could not be handled: its callback threw, perhaps.</summary>
    /// <returns>True where the sender was notified; otherwise the handler's error policy applies.</returns>
    public virtual bool TryFail(Exception exception) => false;
}
