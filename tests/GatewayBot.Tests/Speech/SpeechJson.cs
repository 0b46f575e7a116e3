using System.Text.Json.Serialization;

namespace GatewayBot.Tests.Speech;

[JsonSerializable(typeof(Transcript))]
public sealed partial class SpeechJson : JsonSerializerContext;
