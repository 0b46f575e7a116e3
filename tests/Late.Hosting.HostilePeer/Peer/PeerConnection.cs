using System.Net.Security;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>One TCP connection: proxy, TLS, and then HTTP.</summary>
internal sealed class PeerConnection(PeerServer server, Facts facts, SocketStream socket)
{
    public void Run()
    {
        using (socket)
        {
            if (facts.Script.Proxy != ProxyKind.None && !ProxyAnswers.Serve(facts, socket))
            {
                return;
            }

            var plan = server.TakePlan(out var isLast);
            if (EndsEarly(plan) || Secure(plan) is not { } stream)
            {
                return;
            }

            if (facts.Script.IsHttp2)
            {
                new Http2Connection(server, facts, socket, stream, plan, isLast).Run();
            }
            else
            {
                new Http1Connection(server, facts, socket, stream, plan, isLast).Run();
            }
        }
    }

    private bool EndsEarly(AttemptPlan plan)
    {
        Span<byte> some = stackalloc byte[100];
        switch (plan.Answer)
        {
            case Answer.FinOnAccept:
                socket.Fin();
                Drain();
                return true;
            case Answer.ResetOnAccept:
                socket.Reset();
                return true;
            case Answer.TlsAlert:
                _ = socket.Read(some);
                socket.Write([0x15, 3, 3, 0, 2, 2, 40]);
                socket.Fin();
                Drain();
                return true;
            case Answer.TlsFin:
                _ = socket.Read(some);
                socket.Fin();
                Drain();
                return true;
            default:
                return false;
        }
    }

    private Stream? Secure(AttemptPlan plan)
    {
        if (!facts.Script.IsTls)
        {
            return socket;
        }

        var tls = new SslStream(socket);
        tls.AuthenticateAsServer(new SslServerAuthenticationOptions
        {
            ServerCertificate = Certificates.Own,
            ApplicationProtocols = plan.Answer == Answer.NoAlpn ? [SslApplicationProtocol.Http11]
                : facts.Script.IsHttp2 ? [SslApplicationProtocol.Http2]
                : null,
        });
        return tls;
    }

    private void Drain()
    {
        var buffer = new byte[4096];
        while (socket.Read(buffer) > 0)
        {
        }
    }
}
