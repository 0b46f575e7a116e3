namespace Late.Hosting.AotSmoke;

/// <summary>What the handler knows: a value type, so that its generic code is compiled for it alone.</summary>
internal readonly record struct SmokeState(int Sessions, IReadOnlyList<string> Received, LatePendingCalls Pending);
