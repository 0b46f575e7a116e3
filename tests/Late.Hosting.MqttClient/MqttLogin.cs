namespace Late.Hosting.MqttClient;

/// <summary>How a client connects.</summary>
/// <param name="ClientId">Its id at the broker.</param>
public sealed record MqttLogin(string ClientId)
{
    /// <summary>What the broker publishes where the client is lost without a goodbye.</summary>
    public MqttMessage? Will { get; init; }

    /// <summary>What the client subscribes to before it is ready.</summary>
    public string? Topic { get; init; }

    /// <summary>Whether the client sends DISCONNECT before it closes.</summary>
    public bool SendsGoodbye { get; init; } = true;
}
