using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>What must hold when the client has ended.</summary>
internal static class EndCheck
{
    public static void Check(Facts facts, SecretWatch watch)
    {
        var life = facts.Life;

        // A callback that does not end keeps those behind it from running.
        if (!facts.WasAbandoned)
        {
            facts.Require(life.Connects == life.Disconnects, "P3", $"HandleConnect ran {life.Connects} times and HandleDisconnect {life.Disconnects} times");
            facts.Require(life.Terminates.Count == life.Lives, "P3", $"HandleTerminate ran {life.Terminates.Count} times in {life.Lives} lives");
            facts.Require(
                Expectation(facts) != FaultExpectation.MustNot || life.Terminates is not [.., { Kind: not LateTerminateKind.HostStopping and not LateTerminateKind.SupervisorStopping }],
                "P3",
                $"HandleTerminate received {life.Terminates.LastOrDefault()?.Kind} where the host ended ({facts.Script.Ending})");
        }

        foreach (var (number, exception) in facts.Calls.FailedSends)
        {
            var isReceived = facts.Calls.Received.ContainsKey(number);
            facts.Require(!isReceived || exception.Delivery != LateDelivery.NotDelivered, "P6", "a frame that the peer has received is reported as not delivered");
            facts.Require(!facts.Calls.EndedBy.ContainsKey(number), "P6", "a send failed although its frame arrived: the peer answered it with the end of the session");
        }

        facts.Requests.CheckJitter(facts);

        // An attempt is measured from its beginning, and may be interrupted before its permit.
        var (measured, requests) = (watch.MeasuredAttempts, facts.Requests);
        var isInterrupted = facts.Script.Callers.Reconnects && measured > requests.Prepared;
        facts.Require(measured == requests.Prepared || facts.IsCut || isInterrupted, "P10", $"the metric counts {measured} attempts of {requests.Prepared}");
        facts.Require(requests.Attempts <= requests.Prepared, "P10", $"the hook of the handshake ran {requests.Attempts} times in {requests.Prepared} attempts");
    }

    /// <summary>What the refusals of its life until now make of the client.</summary>
    public static FaultExpectation Expectation(Facts facts)
    {
        if (facts.Script.Proxy == ProxyKind.Refusing)
        {
            return FaultExpectation.Must;
        }

        var first = facts.Refusals.FirstOrDefault(refusal => refusal.Life == facts.Life.Lives && !refusal.WasReady && (refusal.Plan.IsPermanent || refusal.Plan.Status == 401));
        return first is null ? FaultExpectation.MustNot
            : first.HadSession || first.Plan.Status == 401 || first is { IsLate: true, IsSeen: false } ? FaultExpectation.May
            : FaultExpectation.Must;
    }
}
