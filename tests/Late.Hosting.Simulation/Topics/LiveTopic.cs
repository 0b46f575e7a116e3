namespace Late.Hosting.Simulation.Topics;

/// <summary>What the handler has of a topic in a session, whatever the topic's type.</summary>
/// <param name="Number">The number of the topic.</param>
/// <param name="Session">The number of the session, as the server counts.</param>
/// <param name="Publish">Publishes an item by the topic itself.</param>
/// <param name="PublishByKey">The same by the key in the handler's table.</param>
/// <param name="Confirm">Confirms it.</param>
/// <param name="Fail">Fails its readers.</param>
/// <param name="IsEnded">Whether it has ended.</param>
internal sealed record LiveTopic(
    int Number, int Session, Func<long, bool> Publish, Func<long, bool> PublishByKey, Func<bool> Confirm, Func<Exception, bool> Fail, Func<bool> IsEnded)
{
    /// <summary>The last frame of its <c>HandleSubscribe</c>, with which it is confirmed; null while that has not completed, and where the handler confirms it later.</summary>
    public int? LastFrame { get; set; }

    /// <summary>The handler has confirmed it.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>Its <c>HandleSubscribe</c> has thrown.</summary>
    public bool MayHaveFailed { get; set; }
}
