using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Xunit.v3;

[assembly: Late.Hosting.Tests.Shared.HangGuard]

namespace Late.Hosting.Tests.Shared;

/// <summary>
/// Ends what hangs, in every test project: a test that runs for <see cref="Limit"/> is cancelled and fails, and a process in
/// which no test begins or ends for twice as long is ended with a message that names its tests. It is a guard and no bound on
/// behavior: on a busy machine no test takes a tenth of it.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class HangGuardAttribute : BeforeAfterTestAttribute
{
    /// <summary>How long a test may run, in milliseconds: 5 minutes.</summary>
    public const int Limit = 5 * 60 * 1000;

    /// <summary>The environment variable that sets another limit, in milliseconds: for a run that looks for a bug, which may hang a test.</summary>
    private const string OtherLimit = "LATE_TEST_LIMIT";

    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(
        int.TryParse(Environment.GetEnvironmentVariable(OtherLimit), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : Limit);
    private static readonly ConcurrentDictionary<IXunitTest, (ITestContext Context, long Began)> s_running = new();
    private static long s_lastChange = Stopwatch.GetTimestamp();

    // A thread of its own, because what hangs may have taken all threads of the pool.
    static HangGuardAttribute() => new Thread(Watch) { IsBackground = true, Name = "Hang guard" }.Start();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        Volatile.Write(ref s_lastChange, Stopwatch.GetTimestamp());
        s_running[test] = (TestContext.Current, Stopwatch.GetTimestamp());
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        Volatile.Write(ref s_lastChange, Stopwatch.GetTimestamp());
        s_running.TryRemove(test, out _);
    }

    private static void Watch()
    {
        using var never = new ManualResetEvent(false);
        while (!never.WaitOne(s_limit / 60))
        {
            if (Debugger.IsAttached)
            {
                continue;
            }

            foreach (var (test, (context, began)) in s_running)
            {
                // xUnit itself ends a test that has a timeout.
                if (test.Timeout == 0 && Stopwatch.GetElapsedTime(began) > s_limit && !context.CancellationToken.IsCancellationRequested)
                {
                    Report(context, $"The hang guard cancelled this test after {s_limit}: what it waited for did not come.");
                    context.CancelCurrentTest();
                }
            }

            if (Stopwatch.GetElapsedTime(Volatile.Read(ref s_lastChange)) > 2 * s_limit)
            {
                Environment.FailFast(
                    $"The hang guard ended the test process: no test began or ended for {2 * s_limit}. Not ended: {string.Join(", ", s_running.Keys.Select(static test => test.TestDisplayName))}.");
            }
        }
    }

    private static void Report(ITestContext context, string text)
    {
        try
        {
            context.TestOutputHelper?.WriteLine(text);
        }
        catch (InvalidOperationException)
        {
            // The test has ended meanwhile.
        }
    }
}
