using System.Text;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Diagnostics;

/// <summary>
/// Stands for an exception in the log: its types and its stack, without messages, which may hold what a frame or an address
/// held (promise P12). The messages of this library's own exceptions hold neither, and stay.
/// </summary>
internal sealed class RedactedException : Exception
{
    private readonly Exception _original;
    private readonly string _hint;

    private RedactedException(string description, string hint, Exception original, Exception? inner)
        : base(description, inner) => (_original, _hint) = (original, hint);

    public override string? StackTrace => _original.StackTrace;

    public static RedactedException Of(Exception original) => Of(original, isHinted: false);

    public override string ToString()
    {
        var text = new StringBuilder(Message).Append(_hint);
        if (InnerException is { } inner)
        {
            text.Append(" ---> ").Append(inner).AppendLine().Append("   --- End of inner exception stack trace ---");
        }

        return StackTrace is { } stack ? text.AppendLine().Append(stack).ToString() : text.ToString();
    }

    // The first message that is hidden explains how to see it.
    private static RedactedException Of(Exception original, bool isHinted)
    {
        var type = original.GetType().FullName!;
        var isOwn = original is LateException or LateCallTimeoutException or MisuseException;
        return new(
            isOwn ? $"{type}: {original.Message}" : type,
            isOwn || isHinted ? "" : " (its message is hidden; set LogExceptionMessages to log it)",
            original,
            original.InnerException is { } inner ? Of(inner, isHinted || !isOwn) : null);
    }
}
