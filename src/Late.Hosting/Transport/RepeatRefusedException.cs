namespace Late.Hosting.Transport;

/// <summary>
/// HTTP wanted to send a request again, or to open a second TCP connection for it, and was not allowed to: one attempt is one
/// request. HTTP does not report what it is the answer to.
/// </summary>
internal sealed class RepeatRefusedException() : HttpRequestException("HTTP did not repeat the request: one attempt is one request.")
{
    /// <summary>True where an exception of HTTP comes from one of these.</summary>
    public static bool IsCauseOf(Exception? exception)
    {
        while (exception is not (null or RepeatRefusedException))
        {
            exception = exception.InnerException;
        }

        return exception is not null;
    }
}
