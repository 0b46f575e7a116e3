using System.Globalization;
using System.Text;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>The answer to one stream.</summary>
internal sealed class Http2Answers(PeerServer server, Facts facts, Http2Connection connection, Http2Stream stream, AttemptPlan plan, bool isLast)
{
    private const int RefusedStream = 7;
    private const int Cancel = 8;

    public void Run()
    {
        facts.Requests.AnsweredAt = Control.Now;
        if (plan.Answer == Answer.Upgrade)
        {
            Upgrade();
            return;
        }

        connection.SetFailed();
        switch (plan.Answer)
        {
            case Answer.UnofferedExtension:
                WriteHead(200, isEnd: false, ("sec-websocket-extensions", "x-not-offered"));
                break;
            case Answer.Refuse or Answer.RefuseAndCutBody or Answer.RefuseAndStallBody:
                Refuse();
                break;
            case Answer.CutHead or Answer.StallHead:
                var head = Hpack.Fields(200, Enumerable.Range(0, 5).Select(i => ("x-more", new string('x', 20 + i))));
                connection.Write(Http2FrameType.Headers, 0, stream.Id, head.AsSpan(0, Math.Min(plan.Cut, head.Length)));
                if (plan.Answer == Answer.CutHead)
                {
                    connection.Fin();
                }

                break;
            case Answer.Fin:
                connection.Fin();
                break;
            case Answer.Reset:
                connection.Reset();
                break;
            case Answer.RefuseStream:
                stream.ResetWith(RefusedStream);
                break;
            case Answer.CancelStream:
                stream.ResetWith(Cancel);
                break;
            case Answer.GoAway:
                connection.Write(Http2FrameType.GoAway, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
                break;
            case Answer.EndlessHead:
                connection.Raw(new byte[] { 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0, 1 });
                connection.Raw(new byte[1024 * 1024]);
                connection.Fin();
                break;
        }
    }

    private void Upgrade()
    {
        var isCompressed = facts.Script.Client.Compression != LateCompression.Off;
        var session = facts.OpenSession(plan, isLast);
        session.FailConnection = connection.SetFailed;
        List<(string, string)> fields = [("x-session", session.Number.ToString(CultureInfo.InvariantCulture)), ("x-answer", Secrets.AnswerHeader)];
        if (isCompressed)
        {
            fields.Add(("sec-websocket-extensions", "permessage-deflate; server_no_context_takeover; client_no_context_takeover"));
        }

        WriteHead(200, isEnd: false, fields);
        new PeerSession(server, facts, session, stream, isCompressed).Run([]);
    }

    private void Refuse()
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Secrets.Body + " ", 100)));
        var hasNone = plan.Status is 204 or 304;
        var sent = hasNone ? 0 : plan.Answer == Answer.Refuse ? body.Length : plan.Cut;
        var fields = plan.Head
            .Select(line => DrawnRefusals.Fill(line).Split(':', 2))
            .Where(parts => parts[0] != "Connection")
            .Select(parts => (parts[0].ToLowerInvariant(), parts[1].Trim()))
            .Prepend(("content-type", "text/plain"));
        if (!hasNone)
        {
            fields = fields.Append(("content-length", body.Length.ToString(CultureInfo.InvariantCulture)));
        }

        Refusals.Note(facts, plan, Encoding.UTF8.GetString(body, 0, sent));
        WriteHead(plan.Status, hasNone, fields);
        if (hasNone)
        {
            return;
        }

        stream.Write(body.AsSpan(0, sent));
        if (plan.Answer == Answer.Refuse)
        {
            stream.Fin();
        }
        else if (plan.Answer == Answer.RefuseAndCutBody)
        {
            stream.ResetWith(Cancel);
        }
    }

    private void WriteHead(int status, bool isEnd, params IEnumerable<(string Name, string Value)> fields) =>
        connection.Write(Http2FrameType.Headers, Http2FrameType.EndHeaders | (isEnd ? Http2FrameType.End : 0), stream.Id, Hpack.Fields(status, fields));
}
