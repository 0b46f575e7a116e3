namespace Late.Hosting.WebSockets;

/// <summary>A handler misused the library: the message explains the correct use, and has no other content.</summary>
internal sealed class MisuseException(string message) : InvalidOperationException(message);
