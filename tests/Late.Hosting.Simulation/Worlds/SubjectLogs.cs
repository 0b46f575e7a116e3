using System.Globalization;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>What the log reports of one connection: counted, and some lines show where an attempt stands.</summary>
internal sealed class SubjectLogs(Subject subject)
{
    private readonly int[] _counts = new int[64];

    /// <summary>How many accepted posts from outside were dropped with a word.</summary>
    public int DroppedPosts { get; private set; }

    public int DroppedOwnPosts { get; private set; }

    public int DroppedFreePosts { get; private set; }

    /// <summary>True where the connection abandoned a callback that did not end.</summary>
    public bool HasAbandoned => Count(13) + Count(14) + Count(15) > 0;

    /// <summary>How often reading has waited for the handler.</summary>
    public int Pauses => Count(22);

    /// <summary>How many lines there are with a number of the library.</summary>
    public int Count(int number) => _counts[number];

    public void Add(int number, string text, Exception? exception)
    {
        _counts[number]++;
        switch (number)
        {
            case 2:
                subject.Attempts.OnConnected(int.Parse(text[(text.LastIndexOf(' ') + 1)..^1], CultureInfo.InvariantCulture));
                break;
            case 3:
                subject.Attempts.OnReady();
                subject.Ending.OnReady();
                break;
            case 4:
                subject.Attempts.OnFailed(int.Parse(text.Split(": attempt ")[1].Split(' ')[0], CultureInfo.InvariantCulture));
                break;
            case 5 or 20:
                if (text.Contains("was to be made first failed", StringComparison.Ordinal))
                {
                    // Its options had changed, which ends the session in any case.
                    subject.Attempts.OnSwitchFailed();
                }

                subject.Attempts.OnEnded(text);
                if (text.Contains("DataTimeout", StringComparison.Ordinal))
                {
                    subject.Bounds.OnDataTimeout();
                }

                subject.Verdict.Require(!text.Contains("bug", StringComparison.Ordinal), "P3", $"{text} {exception}");
                break;
            case 7 when subject.Lives.IsFaulted:
                // Also one that was put off to a session which does not follow.
                subject.Lives.OnRequested(subject.Requests.Of(text)?.Request.After);
                break;
            case 7:
                subject.Attempts.OnInterrupted(text);
                break;
            case 42:
                subject.Requests.OnDeferred(text);
                break;
            case 37:
                subject.Lives.OnRestarting();
                break;
            case 38:
                subject.Lives.OnBegun();
                break;
            case 8:
                subject.Lives.OnFaulted();
                if (subject.World.Chances.Lives.Chance(30))
                {
                    // Before present watchers are notified.
                    subject.Statuses.WatchAgain();
                }

                subject.Topics?.OnFaulted();
                subject.Verdict.Require(exception?.Message.Contains("bug", StringComparison.Ordinal) != true, "P15", $"{text} {exception}");
                subject.Verdict.Require(exception is not OperationCanceledException, "P9", $"a stop was taken for a failure: {text}");
                break;
            case 33:
                subject.Attempts.OnPreparing(int.Parse(text[(text.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
                break;
            case 30:
                subject.Attempts.OnRefusedLater();
                break;
            case 23:
                subject.Attempts.OnPrepareFailed();
                break;
            case 36:
                subject.Requests.OnSwitchFailed();
                subject.Attempts.OnSwitchFailed();
                break;
            case 9:
                subject.Ending.OnStopped();
                break;
            case 16:
                DroppedPosts += text.Contains("accepted Note ", StringComparison.Ordinal) ? 1 : 0;
                DroppedFreePosts += text.Contains("accepted FreeNote ", StringComparison.Ordinal) ? 1 : 0;
                DroppedOwnPosts += text.Contains("accepted OwnNote ", StringComparison.Ordinal) ? 1 : 0;
                break;
        }
    }
}
