using System.Text.Json;
using System.Text.Json.Serialization;

namespace Late.Hosting.Benchmarks.Pairs;

/// <summary>How the feed's messages are read.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(FeedMessage))]
internal sealed partial class FeedJson : JsonSerializerContext;
