namespace Late.Hosting;

/// <summary>An entry of a table that keeps a topic. The topic knows its entries, so that none outlives it.</summary>
/// <typeparam name="TKey">The topic.</typeparam>
/// <typeparam name="TItem">The type of its items.</typeparam>
internal interface IKeptTopic<TKey, TItem>
{
    /// <summary>The entry of the same topic that was made before; written once, when the topic takes the entry.</summary>
    IKeptTopic<TKey, TItem>? Before { get; set; }

    /// <summary>The topic has ended, with its session or without.</summary>
    void OnEnded(LateTopic<TKey, TItem> topic);
}
