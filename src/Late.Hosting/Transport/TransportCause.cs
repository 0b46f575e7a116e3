using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Transport;

/// <summary>
/// What a failed attempt shows of the exception that caused it: types, codes and stacks. The messages below HTTP hold a
/// proxy's address with its credentials, what a server sent, or the message of the application's own callback (promise P12).
/// </summary>
internal static class TransportCause
{
    public static Exception Of(Exception cause)
    {
        var inner = cause.InnerException is { } exception ? Of(exception) : null;
        Exception? shown = cause switch
        {
            HttpRequestException http => new HttpRequestException(
                http.HttpRequestError, $"{http.HttpRequestError}{(http.StatusCode is { } status ? $" ({(int)status})" : "")}", inner, http.StatusCode),
            HttpProtocolException protocol => new HttpProtocolException(protocol.ErrorCode, $"{protocol.HttpRequestError} (error code {protocol.ErrorCode})", inner),
            HttpIOException http => new HttpIOException(http.HttpRequestError, $"{http.HttpRequestError}", inner),
            SocketException socket => new SocketException((int)socket.SocketErrorCode),
            OperationCanceledException => new OperationCanceledException("The attempt was canceled.", inner),
            TimeoutException => new TimeoutException("The attempt took too long.", inner),
            _ => null,
        };
        return shown is null
            ? RedactedException.Of(cause)
            : cause.StackTrace is { } stack ? ExceptionDispatchInfo.SetRemoteStackTrace(shown, stack) : shown;
    }
}
