using System.Text.Json;
using System.Text.Json.Nodes;
using Late.Hosting;

namespace JsonRpcClient.Rpc;

/// <summary>Calls a method of the server.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Params">Its parameters; null for none.</param>
public sealed record Invoke(string Method, JsonArray? Params = null) : ILateRequest<Invoke, JsonElement>;
