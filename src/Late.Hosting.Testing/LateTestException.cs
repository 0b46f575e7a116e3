namespace Late.Hosting.Testing;

/// <summary>What a test waits for has not come, or cannot come any more. The message states what came instead.</summary>
/// <param name="message">What was waited for, and what is known.</param>
public sealed class LateTestException(string message) : Exception(message);
