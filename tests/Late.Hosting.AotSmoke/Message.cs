namespace Late.Hosting.AotSmoke;

/// <summary>What goes over the wire.</summary>
internal sealed record Message(int Id, string Text);
