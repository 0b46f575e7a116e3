namespace Late.Hosting.AotSmoke;

/// <summary>The server's answer to a message with the same id.</summary>
internal sealed record Reply(int Id, string Text) : FeedMessage;
