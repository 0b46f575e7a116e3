namespace Late.Hosting;

/// <summary>
/// A request and its reply. A record that implements it is all that
/// <see cref="LateClientExtensions.CallAsync{THandler, TRequest, TReply}(ILateCaller{THandler}, ILateRequest{TRequest, TReply}, CancellationToken)"/>
/// needs to know both types.
/// </summary>
/// <typeparam name="TSelf">The request's own type.</typeparam>
/// <typeparam name="TReply">The type of the reply.</typeparam>
/// <example><code>public sealed record Subscribe(string Symbol) : ILateRequest&lt;Subscribe, SubscribeAck&gt;;</code></example>
public interface ILateRequest<TSelf, TReply>
    where TSelf : ILateRequest<TSelf, TReply>;
