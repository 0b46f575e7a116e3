namespace GatewayBot.Gateway;

/// <summary>The section <c>Gateway</c>.</summary>
public sealed class GatewaySettings
{
    /// <summary>The secret of the bot.</summary>
    public string Token { get; set; } = "";

    /// <summary>Which events the gateway sends.</summary>
    public int Intents { get; set; }

    /// <summary>
    /// Whether the stop of the host ends the session at the gateway. False is for a bot that stores its <see cref="GatewaySession"/> for the next
    /// process, which then resumes it: this one does not.
    /// </summary>
    public bool EndsSessionAtStop { get; set; } = true;
}
