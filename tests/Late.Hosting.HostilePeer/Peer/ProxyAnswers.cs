using System.Text;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>A proxy for tunnels (RFC 9110 §9.3.6), in one process with what is behind it.</summary>
internal static class ProxyAnswers
{
    private const string Refusal =
        $"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"hostile\"\r\nX-Proxy: {Secrets.AnswerHeader}\r\nContent-Length: 0\r\n\r\n";

    private static readonly string s_credentials = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Secrets.ProxyUser}:{Secrets.ProxyPassword}"));

    /// <summary>Answers until a tunnel is open; false where the client has left.</summary>
    public static bool Serve(Facts facts, SocketStream socket)
    {
        while (RequestHead.Read(socket) is { } head)
        {
            facts.Requests.Tunnel(facts);
            facts.Progress();
            facts.Require(head.Line.StartsWith("CONNECT ", StringComparison.Ordinal), "P10", $"the proxy was not asked for a tunnel");
            facts.Require(!head.Line.Contains(Secrets.Mark, StringComparison.Ordinal), "P12", "the proxy received a secret of the server's");
            if (facts.Script.Proxy == ProxyKind.Open || (facts.Script.Proxy == ProxyKind.Authenticated && head.Header("Proxy-Authorization") == s_credentials))
            {
                socket.Write("HTTP/1.1 200 Connection established\r\n\r\n"u8);
                return true;
            }

            facts.Record("proxy: 407");
            socket.Write(Encoding.ASCII.GetBytes(Refusal));
        }

        return false;
    }
}
