using System.Globalization;
using System.Net;
using Late.Hosting.Simulation.Worlds;
using Late.Hosting.Transport;
using Late.Hosting.WebSockets;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Simulation.Network;

/// <summary>Connects to the simulated server: everything above the stream is the library's own.</summary>
internal sealed class SimulatedTransport(Subject subject) : ITransport
{
    /// <summary>True when the connection has given its transport back.</summary>
    public bool IsDisposed { get; private set; }

    public async Task<WebSocketConnection> ConnectAsync(LateHandshakeContext request, LateConnectionOptions options, CancellationToken cancellationToken)
    {
        subject.Verdict.Require(!IsDisposed, "P9", $"an attempt after the transport was disposed");
        var plan = ConnectPlan.Draw(subject.Dice, subject.Plan, subject.Logs.Count(3) > 0);
        plan = subject.Plan.DeadHosts.Contains(request.Uri!.Host) ? ConnectPlan.Dead(subject.World.Chances.Switches) : plan;
        subject.Preparations.OnRequest(request, plan);
        await subject.World.DelayAsync(plan.Answer, cancellationToken);
        if (plan.IsAccepted)
        {
            subject.Attempts.OnAccepted();
        }
        else
        {
            subject.Attempts.OnRefused(plan);
        }

        if (plan.Error is { } error)
        {
            throw ConnectErrors.FromTransport(request.Name, request.Uri!, options.HttpVersion, new HttpRequestException(error, $"It failed: {Secrets.Payload}"));
        }

        if (plan.Refusal is { } status)
        {
            using var response = new HttpResponseMessage(status) { Content = new StringContent("refused") };
            if (plan.RetryAfter is { } retryAfter)
            {
                response.Headers.Add("Retry-After", retryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture));
            }

            if (status == HttpStatusCode.Redirect)
            {
                response.Headers.Location = new Uri($"https://{Secrets.UserInfo}:x@other.example/moved?token={Secrets.Query}");
            }

            throw await ConnectErrors.FromResponseAsync(request.Name, request.Uri!, "The answer is not right.", response, subject.Time, offersCompression: false, cancellationToken);
        }

        var server = SessionPlan.Draw(subject.Dice, subject.World.Chances.Extras, subject.Plan.Trouble);
        server = subject.World.Chances.Switches.Chance(3) ? server.ReadsLittle() : server;
        server = subject.World.Chances.Switches.Chance(30) ? server.SpeaksFirst(subject.World.Chances.Switches) : server;
        var session = new ServerSession(subject, subject.Sessions.Count + 1, server) { Address = request.Uri!, ConfiguredAddress = subject.Preparations.Reached };
        subject.Sessions.Add(session);
        if (subject.Rotations.MayBePreparing)
        {
            subject.Rotations.OnPrepared(session);
        }

        subject.Trace.Write($"server {session.Number}: accepts");
        var headers = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase)
        {
            ["X-Session"] = session.Number.ToString(CultureInfo.InvariantCulture),
        };
        return new FramedConnection(
            session.Wire,
            new LateHandshake(HttpStatusCode.SwitchingProtocols, headers, null),
            new FrameReader(options.MaxMessageBytes, inflater: server.IsCompressed ? new Inflater() : null),
            new FrameWriter(),
            subject.Time)
        {
            Early = session.Early,
        };
    }

    public void Dispose() => IsDisposed = true;
}
