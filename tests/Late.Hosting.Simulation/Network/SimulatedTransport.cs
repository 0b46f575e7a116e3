using System.Globalization;
using System.Net;
using Late.Hosting.Simulation.Worlds;
using Late.Hosting.Transport;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Simulation.Network;

/// <summary>Connects to the simulated server: everything above the stream is the library's own.</summary>
internal sealed class SimulatedTransport(World world) : ITransport
{
    /// <summary>True when the connection has given its transport back.</summary>
    public bool IsDisposed { get; private set; }

    public async Task<WebSocketConnection> ConnectAsync(LateHandshakeContext request, LateConnectionOptions options, CancellationToken cancellationToken)
    {
        world.Verdict.Require(!IsDisposed, "P9", $"an attempt after the transport was disposed");
        var plan = ConnectPlan.Draw(world.Dice, world.Plan.ConnectFailsPercent, world.Plan.MayRefuseForGood);
        world.Attempts.OnConnecting(request, plan);
        await world.DelayAsync(plan.Answer, cancellationToken);
        if (plan.IsAccepted)
        {
            world.Attempts.OnAccepted();
        }
        else
        {
            world.Attempts.OnRefused(plan);
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

            throw await ConnectErrors.FromResponseAsync(request.Name, request.Uri!, "The answer is not right.", response, cancellationToken);
        }

        var session = new ServerSession(world, world.Sessions.Count + 1, SessionPlan.Draw(world.Dice, world.Plan.Trouble));
        world.Sessions.Add(session);
        world.Story.Tell($"server {session.Number}: accepts");
        var headers = new Dictionary<string, IEnumerable<string>>(StringComparer.OrdinalIgnoreCase)
        {
            ["X-Session"] = [session.Number.ToString(CultureInfo.InvariantCulture)],
        };
        return new FramedConnection(
            session.Wire,
            early: default,
            new LateHandshake(HttpStatusCode.SwitchingProtocols, headers, null),
            new FrameReader(options.MaxMessageBytes),
            new FrameWriter(),
            world.Time);
    }

    public void Dispose() => IsDisposed = true;
}
