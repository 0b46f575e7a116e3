using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace JsonRpcClient.Rpc;

/// <summary>A request, or without an id a notification.</summary>
public sealed record RpcRequest(string Method, JsonArray? Params = null, int? Id = null)
{
    public string Jsonrpc { get; init; } = "2.0";
}

/// <summary>An answer that refuses a request of the server.</summary>
public sealed record RpcRefusal(JsonElement Id, RpcError Error)
{
    public string Jsonrpc { get; init; } = "2.0";
}

/// <summary>What the server sends: an answer, a notification, or a request.</summary>
public sealed record RpcMessage(JsonElement? Id, JsonElement Result, RpcError? Error, string? Method, RpcUpdate? Params);

public sealed record RpcError(int Code, string Message);

/// <summary>A notification of a subscription.</summary>
public sealed record RpcUpdate(string? Subscription, JsonElement Result);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RpcRequest))]
[JsonSerializable(typeof(RpcRefusal))]
[JsonSerializable(typeof(RpcMessage))]
public sealed partial class RpcJson : JsonSerializerContext;
