namespace Late.Hosting.AotSmoke;

/// <summary>Asks the server for a text, letter by letter.</summary>
internal sealed record Letters(string Text) : ILateStreamRequest<Letters, char>;
