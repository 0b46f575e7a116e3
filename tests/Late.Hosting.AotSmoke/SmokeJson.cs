using System.Text.Json.Serialization;

namespace Late.Hosting.AotSmoke;

/// <summary>How messages are written and read, generated when this is built.</summary>
[JsonSerializable(typeof(FeedMessage))]
[JsonSerializable(typeof(Message))]
internal sealed partial class SmokeJson : JsonSerializerContext;
