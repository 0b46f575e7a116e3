using System.Text.Json.Serialization.Metadata;

namespace Late.Hosting;

/// <summary>
/// Takes the text messages of the server as values: a property of their JSON, the discriminator, selects the type that each is read as.
/// <see cref="ILateSyncMessageHandler{TState, TMessage}"/> is its synchronous sibling.
/// </summary>
/// <remarks>
/// <para>The types are those of <see cref="System.Text.Json.Serialization.JsonDerivedTypeAttribute"/> on <typeparamref name="TMessage"/>, the
/// property is that of <see cref="System.Text.Json.Serialization.JsonPolymorphicAttribute.TypeDiscriminatorPropertyName"/>. The property may
/// stand anywhere in the JSON object. A <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> reads the values, also with
/// ahead-of-time compilation.</para>
/// <para>Every other message goes to <c>HandleIn</c>: a binary one, a text that is not a JSON object, and an object whose discriminator is
/// missing or none of those. A value of a known type that cannot be read is a <see cref="System.Text.Json.JsonException"/>, which
/// <see cref="LateConnectionOptions.HandlerErrors"/> handles as that of a callback.</para>
/// </remarks>
/// <example>
/// <code>
/// [JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
/// [JsonDerivedType(typeof(Trade), "trade")]
/// [JsonDerivedType(typeof(Ack), "ack")]
/// public abstract record FeedMessage;
///
/// [JsonSerializable(typeof(FeedMessage))]
/// public sealed partial class FeedJson : JsonSerializerContext;
///
/// public sealed class FeedHandler : LateHandler&lt;FeedState&gt;, ILateSyncMessageHandler&lt;FeedState, FeedMessage&gt;
/// {
///     public JsonTypeInfo&lt;FeedMessage&gt; MessageTypeInfo => FeedJson.Default.FeedMessage;
///
///     public LateResult&lt;FeedState&gt; HandleMessage(FeedMessage message, FeedState state) => message switch
///     {
///         Trade trade => LateResult.Ok(state.With(trade)),
///         Ack ack => LateResult.Ok(state.Confirm(ack.Id)),
///         _ => LateResult.Ok(state),
///     };
/// }
/// </code>
/// </example>
/// <typeparam name="TState">The handler's state.</typeparam>
/// <typeparam name="TMessage">The base type of the messages.</typeparam>
public interface ILateMessageHandler<TState, TMessage> : ILateHandler<TState>
    where TMessage : class
{
    /// <summary>
    /// How the messages are read, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>. It is read once, when the
    /// connection starts.
    /// </summary>
    JsonTypeInfo<TMessage> MessageTypeInfo { get; }

    /// <summary>Runs for every text message with a known discriminator. (Late: <c>handle_in/2</c>.)</summary>
    /// <param name="message">The message; it may be kept.</param>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Canceled while the connection stops.</param>
    /// <returns>What follows.</returns>
    ValueTask<LateResult<TState>> HandleMessageAsync(TMessage message, TState state, CancellationToken cancellationToken);

    TResult ILateHandler.Open<TResult>(IHandlerOpener<TResult> opener) => opener.Open(this);
}
