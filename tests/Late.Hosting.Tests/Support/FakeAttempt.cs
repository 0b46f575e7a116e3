using System.Net;
using Late.Hosting.Transport;

namespace Late.Hosting.Tests.Support;

/// <summary>One attempt to connect, which the test answers.</summary>
internal sealed class FakeAttempt
{
    private readonly TaskCompletionSource<WebSocketConnection> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeAttempt(LateHandshakeContext request, CancellationToken cancellationToken)
    {
        Request = request;
        cancellationToken.Register(() => _answer.TrySetCanceled(cancellationToken));
    }

    public LateHandshakeContext Request { get; }

    public Task<WebSocketConnection> Answered => _answer.Task;

    public void Answer(FakeSocket socket) => _answer.TrySetResult(socket);

    public FakeSocket Accept()
    {
        var socket = new FakeSocket();
        Answer(socket);
        return socket;
    }

    /// <summary>Accepts, and closes before any frame is sent.</summary>
    public void AcceptAndClose()
    {
        var socket = new FakeSocket();
        socket.Close(1000, "");
        Answer(socket);
    }

    public void Refuse(HttpStatusCode? status = null, TimeSpan? retryAfter = null) => _answer.TrySetException(
        new LateConnectException(Request.Name, $"Connection '{Request.Name}' could not connect: it was refused with {status}.") { StatusCode = status, RetryAfter = retryAfter });
}
