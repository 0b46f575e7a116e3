namespace Late.Hosting.Simulation.Running;

/// <summary>
/// Everything of a world runs on one thread of the pool, and so in one order. It is quiet when nothing waits for that thread.
/// </summary>
internal static class OneThread
{
    /// <summary>The environment variable with which .NET counts one processor, and its pool starts with one thread.</summary>
    public const string Variable = "DOTNET_PROCESSOR_COUNT";

    public static bool IsSet => Environment.ProcessorCount == 1;

    public static void Limit()
    {
        if (!ThreadPool.SetMinThreads(1, 1) || !ThreadPool.SetMaxThreads(1, 1))
        {
            throw new InvalidOperationException($"The thread pool does not take the limit of one thread; {Variable} is {Environment.GetEnvironmentVariable(Variable)}.");
        }
    }

    /// <summary>Lets everything run that can, at this moment of the simulated clock.</summary>
    public static async ValueTask QuietAsync()
    {
        while (ThreadPool.PendingWorkItemCount > 0)
        {
            await Task.Yield();
        }
    }
}
