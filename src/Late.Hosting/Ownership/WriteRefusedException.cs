namespace Late.Hosting.Ownership;

/// <summary>The lease of the connection was over before a write began: nothing of it was written.</summary>
internal sealed class WriteRefusedException() : IOException("The lease of the connection is over, and nothing is written any more.")
{
    /// <summary>Whether a write failed by it, or an earlier one.</summary>
    public static bool IsCauseOf(Exception exception) => exception is WriteRefusedException or { InnerException: WriteRefusedException };
}
