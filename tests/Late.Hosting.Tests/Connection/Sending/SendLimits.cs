using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Sending;

/// <summary>Options with a send limit, and what has been sent.</summary>
internal static class SendLimits
{
    public static readonly TimeSpan s_window = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static void Limit(LateConnectionOptions options, int frames)
    {
        (options.SendLimit.Frames, options.SendLimit.Window) = (frames, s_window);
        options.AllowSilence();
    }

    public static List<string> Sent(FakeSocket socket)
    {
        var sent = new List<string>();
        while (socket.TrySent(out var text))
        {
            sent.Add(text!);
        }

        return sent;
    }
}
