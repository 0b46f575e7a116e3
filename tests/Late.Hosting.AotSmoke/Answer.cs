namespace Late.Hosting.AotSmoke;

/// <summary>What the server answered, and in which session of the connection.</summary>
internal sealed record Answer(string Text, int Session);
