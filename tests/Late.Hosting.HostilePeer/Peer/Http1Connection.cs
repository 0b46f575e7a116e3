using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>The answers of one TCP connection over HTTP/1.1: one plan for all its requests, of which there is to be one.</summary>
internal sealed class Http1Connection(PeerServer server, Facts facts, SocketStream socket, Stream stream, AttemptPlan plan, bool isLast)
{
    private const int MostRequests = 100;

    public void Run()
    {
        for (var number = 1; number < MostRequests && RequestHead.Read(stream) is { } head; number++)
        {
            facts.Requests.Add(facts);
            facts.Require(number == 1, "P10", "a TCP connection that a refusal left open was asked again over HTTP/1.1");
            CheckCredentials(head);
            if (!Answers(head))
            {
                return;
            }
        }
    }

    /// <summary>Answers; false where nothing more is to be read.</summary>
    private bool Answers(RequestHead head)
    {
        facts.Requests.AnsweredAt = Control.Now;
        switch (plan.Answer)
        {
            case Answer.Upgrade:
                Upgrade(head);
                return false;
            case Answer.WrongAccept:
                stream.Write(Encoding.ASCII.GetBytes(UpgradeHead("AAAAAAAAAAAAAAAAAAAAAAAAAAA=", null)));
                return true;
            case Answer.UnofferedExtension:
                stream.Write(Encoding.ASCII.GetBytes(UpgradeHead(Accept(head), "Sec-WebSocket-Extensions: x-not-offered\r\n")));
                return true;
            case Answer.Refuse or Answer.RefuseAndCutBody or Answer.RefuseAndStallBody:
                return Refuse();
            case Answer.CutHead or Answer.StallHead:
                stream.Write(Encoding.ASCII.GetBytes(UpgradeHead(Accept(head), null)).AsSpan(0, plan.Cut));
                return End(plan.Answer == Answer.CutHead);
            case Answer.Garbage:
                stream.Write("\0\x01\x02 not HTTP at all \r\n\r\n"u8);
                return End(isFin: true);
            case Answer.EndlessHead:
                stream.Write("HTTP/1.1 101 Switching Protocols\r\n"u8);
                for (var i = 0; i < 100_000; i++)
                {
                    stream.Write("X-More: and more and more and more and more and more and more and more and more\r\n"u8);
                }

                return End(isFin: true);
            case Answer.Reset:
                socket.Reset();
                return false;
            default:
                return End(plan.Answer == Answer.Fin);
        }
    }

    private bool End(bool isFin)
    {
        if (isFin)
        {
            socket.Fin();
        }

        return true;
    }

    private void Upgrade(RequestHead head)
    {
        var isCompressed = head.Header("Sec-WebSocket-Extensions")?.Contains("permessage-deflate", StringComparison.Ordinal) == true;
        var session = facts.OpenSession(plan, isLast);
        var extension = isCompressed ? "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n" : "";
        var answer = UpgradeHead(Accept(head), string.Create(CultureInfo.InvariantCulture, $"X-Session: {session.Number}\r\n{extension}"));
        new PeerSession(server, facts, session, new TcpDuplex(stream, socket), isCompressed).Run(Encoding.ASCII.GetBytes(answer));
    }

    private bool Refuse()
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Secrets.Body + " ", 100)));
        var hasNone = plan.Status is 204 or 304;
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {plan.Status} Refused\r\nContent-Type: text/plain\r\n");
        foreach (var line in plan.Head)
        {
            head.Append(DrawnRefusals.Fill(line)).Append("\r\n");
        }

        head.Append(hasNone ? "\r\n" : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n"));
        var sent = hasNone ? 0 : plan.Answer == Answer.Refuse ? body.Length : plan.Cut;
        Refusals.Note(facts, plan, Encoding.UTF8.GetString(body, 0, sent));
        stream.Write([.. Encoding.ASCII.GetBytes(head.ToString()), .. body.AsSpan(0, sent)]);
        return End(plan.Answer == Answer.RefuseAndCutBody || (plan.Answer == Answer.Refuse && !plan.Keeps));
    }

    private void CheckCredentials(RequestHead head)
    {
        if (facts.Script.Client.HasUserInfo)
        {
            var wanted = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Secrets.User}:{Secrets.Password}"));
            facts.Require(head.Header("Authorization") == wanted, "P10", "the user info of the address did not become an Authorization header");
        }

        facts.Require(head.Header("X-Secret") == Secrets.Header, "P10", "a configured header was not sent");
    }

    private static string UpgradeHead(string accept, string? more) =>
        $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\nX-Answer: {Secrets.AnswerHeader}\r\n{more}\r\n";

    private static string Accept(RequestHead head)
    {
#pragma warning disable CA5350 // The handshake is defined by it (RFC 6455 §4.2.2).
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(head.Header("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }
}
