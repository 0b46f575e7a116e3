using System.Net;
using Late.Hosting.Transport;
using Late.Hosting.WebSockets;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Simulation.Leases;

/// <summary>Connects a host to the server that all of them share.</summary>
internal sealed class OwnerTransport(LeaseWorld world, OwnerHost host) : ITransport
{
    public async Task<WebSocketConnection> ConnectAsync(LateHandshakeContext request, LateConnectionOptions options, CancellationToken cancellationToken)
    {
        var token = request.Lease!.Token;
        host.Ownership.OnWriting(token, "an upgrade request");
        var answer = new TaskCompletionSource<OwnerSession?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<OwnerSession?>)state!).TrySetCanceled(token), answer))
        {
            world.Time.After(world.DrawPause(), () =>
            {
                // What was canceled in its pause is not written.
                if (cancellationToken.IsCancellationRequested)
                {
                    return;
                }

                var session = world.Server.Accept(host, token);
                world.Time.After(world.Dice.Time(1, 200), () => host.Process.Deliver(() => answer.TrySetResult(session)));
            });
            if (await answer.Task is not { } accepted)
            {
                throw ConnectErrors.FromTransport(request.Name, request.Uri!, options.HttpVersion, new HttpRequestException(HttpRequestError.ConnectionError));
            }

            return new FramedConnection(
                accepted.Wire,
                new LateHandshake(HttpStatusCode.SwitchingProtocols, new Dictionary<string, StringValues>(), null),
                new FrameReader(options.MaxMessageBytes),
                new FrameWriter(),
                host.Time);
        }
    }

    public void Dispose()
    {
    }
}
