namespace GatewayBot.Gateway;

/// <summary>The section <c>Gateway</c>.</summary>
public sealed class GatewaySettings
{
    /// <summary>The secret of the bot.</summary>
    public string Token { get; set; } = "";

    /// <summary>Which events the gateway sends.</summary>
    public int Intents { get; set; }

    /// <summary>Whether the stop of the host ends the session at the gateway; otherwise it can be resumed for a while.</summary>
    public bool EndsSessionAtStop { get; set; }
}
