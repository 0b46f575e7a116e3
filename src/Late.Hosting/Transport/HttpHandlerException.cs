namespace Late.Hosting.Transport;

/// <summary>A delegate of <c>ConfigureHttpHandler</c> threw.</summary>
/// <param name="thrown">What it threw.</param>
internal sealed class HttpHandlerException(Exception thrown) : Exception("ConfigureHttpHandler threw.", thrown);
