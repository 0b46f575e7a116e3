namespace Late.Hosting.WebSockets;

/// <summary>A handler did what it may not: the message says what instead, and holds nothing else.</summary>
internal sealed class MisuseException(string message) : InvalidOperationException(message);
