namespace Late.Hosting.Connection;

/// <summary>A stop that may exceed the host's shutdown timeout, in the words of a log.</summary>
/// <param name="Longest">How long it may take.</param>
/// <param name="Connections">What is stopped.</param>
/// <param name="ShutdownTimeout">The host's shutdown timeout.</param>
/// <param name="Advice">What to set where that helps; otherwise empty.</param>
internal sealed record StopExcess(TimeSpan Longest, string Connections, TimeSpan ShutdownTimeout, string Advice);
