using System.Text.Json.Nodes;

namespace JsonRpcClient.Rpc;

/// <summary>Notifies the server, which does not answer.</summary>
/// <param name="Method">The name of its method.</param>
/// <param name="Params">Its parameters; null for none.</param>
public sealed record Notify(string Method, JsonArray? Params = null);
