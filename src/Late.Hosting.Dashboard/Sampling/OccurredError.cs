namespace Late.Hosting.Dashboard.Sampling;

/// <summary>An error, as the page receives it.</summary>
/// <param name="At">When, in milliseconds since 1970.</param>
/// <param name="Text">What.</param>
internal sealed record OccurredError(long At, string Text);
