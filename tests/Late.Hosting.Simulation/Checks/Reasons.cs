using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>Holds the reason that a session gives for its end against what its server and network did (promises P8 and P11).</summary>
internal sealed class Reasons(Subject subject)
{
    public void Check(ServerSession session, LateDisconnect disconnect, bool isReady)
    {
        var wire = session.Wire;
        var isTrue = disconnect.Reason switch
        {
            LateDisconnectReason.KeepAliveTimeout => wire.SilentSince is not null || subject.Plan.RunsOn,
            LateDisconnectReason.SendTimeout => wire.BlockedSince is not null || subject.Plan.RunsOn,
            LateDisconnectReason.ConnectionLost => wire.IsOver,
            LateDisconnectReason.ClosedByServer => session.OwnCloseCode == (disconnect.CloseCode ?? 0),
            LateDisconnectReason.ProtocolError => session.HasBrokenProtocol,
            LateDisconnectReason.ReadyTimeout => !disconnect.WasReady,
            LateDisconnectReason.HostStopping => subject.World.IsStopping || (!subject.Plan.IsSupervised && subject.Options.Startup != LateStartupMode.Background),
            LateDisconnectReason.SupervisorStopping => subject.Plan.IsSupervised && subject.Ending.IsAskedToStop,
            LateDisconnectReason.Rotated => subject.Rotations.IsRotated,
            _ => true,
        };
        subject.Verdict.Require(isTrue, "P11", $"session {session.Number} ended with {disconnect.Reason}, which is not so");
        subject.Verdict.Require(!disconnect.WasReady || isReady, "P7", $"session {session.Number} was ready, and its frames are not written");
    }
}
