using System.Text.Json.Serialization;

namespace Late.Hosting.Benchmarks.Pairs;

/// <summary>A message of a feed, by its discriminator.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Trade), "trade")]
[JsonDerivedType(typeof(Heartbeat), "heartbeat")]
internal abstract class FeedMessage;
