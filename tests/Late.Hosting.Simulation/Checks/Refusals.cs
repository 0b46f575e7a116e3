using System.Net;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>Knows after which refusals, codes and decisions of the handler no attempt follows (promise P10).</summary>
internal sealed class Refusals(Subject subject)
{
    private bool _hasAskedAgain;
    private int _readyBefore;

    /// <summary>True where no attempt follows in this life.</summary>
    public bool IsPermanent { get; private set; }

    /// <summary>True where the connection was ended by a code that is permanent in any case.</summary>
    public bool HasPermanentCode { get; private set; }

    /// <summary>True where the life has had a session that was ready.</summary>
    public bool WasReady => subject.Logs.Count(3) > _readyBefore;

    /// <summary>A stable session, or a new one was asked for.</summary>
    public void StartOver() => _hasAskedAgain = false;

    /// <summary>A new life begins after an error: it has never been ready.</summary>
    public void BeginLifeAfterError() => (_readyBefore, _hasAskedAgain) = (subject.Logs.Count(3), false);

    /// <summary>A new life begins after a fault: nothing of the last counts.</summary>
    public void BeginLife() => (IsPermanent, HasPermanentCode, _readyBefore, _hasAskedAgain) = (false, false, subject.Logs.Count(3), false);

    /// <summary>An attempt has failed.</summary>
    /// <param name="refusal">What the server has answered; null where it has not.</param>
    /// <param name="isRefused">The server has refused, and waiting alone does not change that.</param>
    /// <param name="asksAgain">Another token is asked for.</param>
    public void OnFailed(ConnectPlan? refusal, out bool isRefused, out bool asksAgain)
    {
        (isRefused, asksAgain, HasPermanentCode) = (false, false, false);
        var (preparations, addresses) = (subject.Preparations, subject.Addresses);
        if (preparations.Failure?.IsTransient == false)
        {
            IsPermanent = true;
            return;
        }

        var hasAnother = refusal?.Refusal is not null && addresses.OnRefused(preparations.Reached);
        addresses.OnFailed(preparations.Reached);
        isRefused = refusal?.Refusal is { } status && (int)status is >= 300 and <= 499 and not 408 and not 429;
        asksAgain = refusal?.Refusal == HttpStatusCode.Unauthorized && !_hasAskedAgain;
        _hasAskedAgain |= asksAgain;
        HasPermanentCode = refusal?.Refusal is { } refused && subject.Options.PermanentStatusCodes.Contains(refused);
        IsPermanent |= HasPermanentCode || (isRefused && !WasReady && !asksAgain && !hasAnother);
    }

    /// <summary>A session has ended.</summary>
    public void OnDisconnected(LateDisconnect disconnect, Disconnected decision)
    {
        HasPermanentCode = disconnect is { Reason: LateDisconnectReason.ClosedByServer, CloseCode: { } code } && subject.Options.PermanentCloseCodes.Contains(code);
        IsPermanent |= (HasPermanentCode && !decision.IsReconnect) || decision.IsFault || disconnect.Reason == LateDisconnectReason.HandlerFaulted;
    }
}
