namespace Late.Hosting;

/// <summary>
/// A request with many replies, and the type of each: what
/// <see cref="LateClientExtensions.StreamAsync{THandler, TRequest, TItem}(ILateClient{THandler}, ILateStreamRequest{TRequest, TItem}, CancellationToken)"/>
/// reads. For what many readers share, and what is restored in every session, use <see cref="ILateTopic{TSelf, TItem}"/>.
/// </summary>
/// <typeparam name="TSelf">The request's own type.</typeparam>
/// <typeparam name="TItem">The type of the replies.</typeparam>
/// <example><code>public sealed record Ask(string Text) : ILateStreamRequest&lt;Ask, string&gt;;</code></example>
public interface ILateStreamRequest<TSelf, TItem>
    where TSelf : ILateStreamRequest<TSelf, TItem>;
