namespace GatewayBot.Tests.Speech;

/// <summary>What the server has understood.</summary>
public sealed record Transcript(string Text, bool IsFinal);
