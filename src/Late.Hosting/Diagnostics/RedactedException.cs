using System.Text;

namespace Late.Hosting.Diagnostics;

/// <summary>
/// Stands for an exception in the log: its types and its stack, without messages, which may hold what a frame or an address
/// held (promise P12). The messages of this library's own exceptions hold neither, and stay.
/// </summary>
internal sealed class RedactedException : Exception
{
    private readonly Exception _original;

    private RedactedException(Exception original, Exception? inner)
        : base(Describe(original), inner) => _original = original;

    public override string? StackTrace => _original.StackTrace;

    public static RedactedException Of(Exception original) =>
        new(original, original.InnerException is { } inner ? Of(inner) : null);

    public override string ToString()
    {
        var text = new StringBuilder(Message);
        if (InnerException is { } inner)
        {
            text.Append(" ---> ").Append(inner).AppendLine().Append("   --- End of inner exception stack trace ---");
        }

        return StackTrace is { } stack ? text.AppendLine().Append(stack).ToString() : text.ToString();
    }

    private static string Describe(Exception exception) =>
        exception is LateException or LateCallTimeoutException or MisuseException
            ? $"{exception.GetType().FullName}: {exception.Message}"
            : exception.GetType().FullName!;
}
