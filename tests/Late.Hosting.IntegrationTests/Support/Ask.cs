namespace Late.Hosting.IntegrationTests.Support;

/// <summary>A question to the server; the reply is the server's answer.</summary>
public sealed record Ask(string Text) : ILateRequest<Ask, string>;
