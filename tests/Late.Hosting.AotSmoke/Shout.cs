namespace Late.Hosting.AotSmoke;

/// <summary>Sends a text without waiting for an answer.</summary>
internal sealed record Shout(string Text);
