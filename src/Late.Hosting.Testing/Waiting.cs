namespace Late.Hosting.Testing;

/// <summary>
/// Waits for what a test expects. The clock of a test stands still, so real time bounds every wait: a test run never hangs.
/// </summary>
internal static class Waiting
{
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Looks after every change until something is so; looking throws where it cannot become so any more.</summary>
    /// <exception cref="LateTestException">It has not become so within the limit.</exception>
    public static async Task UntilAsync(Func<bool> isSo, Func<Task> nextChange, TimeSpan limit, Func<string> describe)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var change = nextChange();
            if (isSo())
            {
                return;
            }

            await change.WithinAsync(limit - TimeProvider.System.GetElapsedTime(began), limit, describe).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a task.</summary>
    /// <exception cref="LateTestException">It is not done within the limit.</exception>
    public static Task WithinAsync(this Task task, TimeSpan limit, Func<string> describe) => task.WithinAsync(limit, limit, describe);

    private static async Task WithinAsync(this Task task, TimeSpan left, TimeSpan limit, Func<string> describe)
    {
        try
        {
            await task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!task.IsFaulted)
        {
            if (!task.IsCompleted)
            {
                throw new LateTestException(FormattableString.Invariant($"{describe()} Waited for {limit.TotalSeconds:0.###} s of real time."));
            }
        }
    }
}
