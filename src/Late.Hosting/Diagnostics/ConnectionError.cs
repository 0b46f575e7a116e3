namespace Late.Hosting.Diagnostics;

/// <summary>Something that went wrong.</summary>
/// <param name="At">When.</param>
/// <param name="Text">What, in one sentence without secrets.</param>
internal sealed record ConnectionError(DateTimeOffset At, string Text);
