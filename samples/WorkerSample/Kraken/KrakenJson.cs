using System.Text.Json.Serialization;

namespace WorkerSample.Kraken;

/// <summary>Reads and writes the exchange's messages; the code is generated when the application is built.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KrakenRequest))]
[JsonSerializable(typeof(KrakenMessage))]
[JsonSerializable(typeof(KrakenTicker[]))]
[JsonSerializable(typeof(KrakenStatus[]))]
public sealed partial class KrakenJson : JsonSerializerContext;
