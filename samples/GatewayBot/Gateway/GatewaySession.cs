namespace GatewayBot.Gateway;

/// <summary>A session at the gateway, which outlives its connections.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ResumeAt">Where it is resumed.</param>
/// <param name="Sequence">The number of the last event that was handled.</param>
public sealed record GatewaySession(string Id, Uri ResumeAt, long Sequence);
