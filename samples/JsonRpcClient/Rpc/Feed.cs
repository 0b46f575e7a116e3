using System.Text.Json;
using Late.Hosting;

namespace JsonRpcClient.Rpc;

/// <summary>A subscription to notifications of the server, which its readers share.</summary>
/// <param name="Name">What it is about: <c>newHeads</c>, for example.</param>
public sealed record Feed(string Name) : ILateTopic<Feed, JsonElement>;
