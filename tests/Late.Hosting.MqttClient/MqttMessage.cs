namespace Late.Hosting.MqttClient;

/// <summary>A message, as it is published and received.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Text">Its payload.</param>
public sealed record MqttMessage(string Topic, string Text);
