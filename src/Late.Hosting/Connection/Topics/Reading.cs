namespace Late.Hosting.Connection.Topics;

/// <summary>What a reader finds at its place of a topic.</summary>
internal enum Reading
{
    /// <summary>Nothing yet: it waits to be woken.</summary>
    Nothing,

    /// <summary>An item, which it has taken.</summary>
    Item,

    /// <summary>What has happened between two items.</summary>
    Event,

    /// <summary>More items than it may leave unread, and its subscription fails then.</summary>
    Overflow,

    /// <summary>The end: it has left, or failed.</summary>
    End,
}
