using System.Text.Json.Serialization;

namespace Late.Hosting.AotSmoke;

/// <summary>What the server sends, by its discriminator.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Reply), "reply")]
internal abstract record FeedMessage;
