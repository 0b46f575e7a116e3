using System.Text.Json.Serialization;

namespace GatewayBot.Gateway.Protocol;

/// <summary>A message of the gateway's protocol, in either direction: <c>op</c> is its kind.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(Dispatch), 0)]
[JsonDerivedType(typeof(Heartbeat), 1)]
[JsonDerivedType(typeof(Identify), 2)]
[JsonDerivedType(typeof(UpdatePresence), 3)]
[JsonDerivedType(typeof(Resume), 6)]
[JsonDerivedType(typeof(Reconnect), 7)]
[JsonDerivedType(typeof(InvalidSession), 9)]
[JsonDerivedType(typeof(Hello), 10)]
[JsonDerivedType(typeof(HeartbeatAck), 11)]
public abstract record GatewayMessage;
