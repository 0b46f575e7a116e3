namespace Late.Hosting;

/// <summary>
/// A topic of the server, and the type of its items: what
/// <see cref="LateClientExtensions.SubscribeAsync{THandler, TTopic, TItem}(ILateClient{THandler}, ILateTopic{TTopic, TItem}, CancellationToken)"/>
/// subscribes to. Equal topics are one: use a record, or a type whose equality is that of its content.
/// </summary>
/// <typeparam name="TSelf">The topic's own type.</typeparam>
/// <typeparam name="TItem">The type of its items.</typeparam>
/// <example><code>public sealed record Ticker(string Symbol) : ILateTopic&lt;Ticker, Price&gt;;</code></example>
public interface ILateTopic<TSelf, TItem>
    where TSelf : ILateTopic<TSelf, TItem>;
