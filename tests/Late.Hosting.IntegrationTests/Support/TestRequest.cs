using Microsoft.AspNetCore.Http;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>An upgrade request that the test has to answer.</summary>
public sealed class TestRequest(HttpContext context)
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HttpContext Context { get; } = context;

    /// <summary>Done when the server may end the request.</summary>
    public Task Answered => _answered.Task;

    public string? Header(string name) => Context.Request.Headers[name];

    /// <summary>Accepts the upgrade; the request lasts until the peer is ended.</summary>
    public async Task<TestPeer> AcceptAsync(string? subProtocol = null, bool compression = false) =>
        new(await Context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = subProtocol,
            KeepAliveInterval = TimeSpan.Zero,
            DangerousEnableCompression = compression,
        }), this);

    /// <summary>Refuses the upgrade.</summary>
    public void Refuse(int status, string? retryAfter = null)
    {
        Context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            Context.Response.Headers.RetryAfter = retryAfter;
        }

        End();
    }

    /// <summary>Breaks the TCP connection.</summary>
    public void Abort()
    {
        Context.Abort();
        End();
    }

    public void End() => _answered.TrySetResult();
}
