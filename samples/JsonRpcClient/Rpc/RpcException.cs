namespace JsonRpcClient.Rpc;

/// <summary>The server has answered with an error.</summary>
/// <param name="code">Its code.</param>
/// <param name="message">Its message.</param>
public sealed class RpcException(int code, string message) : Exception(message)
{
    /// <summary>The code of the error, by JSON-RPC 2.0 §5.1 or the server.</summary>
    public int Code => code;
}
