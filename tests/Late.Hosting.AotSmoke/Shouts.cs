namespace Late.Hosting.AotSmoke;

/// <summary>What the server shouts in so many letters: a value type, as its request's replies are.</summary>
internal readonly record struct Shouts(int Length) : ILateTopic<Shouts, string>;
