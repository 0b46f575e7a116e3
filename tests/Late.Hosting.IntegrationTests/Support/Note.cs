namespace Late.Hosting.IntegrationTests.Support;

/// <summary>A message for the handler, which sends it to the server.</summary>
public sealed record Note(string Text);
