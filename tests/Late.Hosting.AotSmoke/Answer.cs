namespace Late.Hosting.AotSmoke;

/// <summary>What the server answered, in which session of the connection, and what else it had sent before.</summary>
internal sealed record Answer(string Text, int Session, string Received);
