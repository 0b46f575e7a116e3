namespace Late.Hosting.Simulation.Running;

/// <summary>
/// Seeds that once found a bug: they run before all others. What a seed draws changes with the simulation, so that those
/// that hurt have a test of their own in Late.Hosting.Tests.
/// </summary>
internal static class Regressions
{
    public static IReadOnlyList<ulong> Seeds { get; } =
    [
        15,     // A host's start that failed left a failed task behind.
        29,     // A flood right behind the answer to the upgrade let nothing else run.
        268,    // A stop that gave no time was taken for a failure.
        476,    // The release of a lease that was granted too late left a failed task behind.
        485,    // Each part of a read had its own pong.
        629,    // A close frame that could not be written in time left a failed task behind.
        647,    // A fault was never logged, because the host stopped before HandleDisconnect had ended.
        979,    // The runner span on bytes that a failed write had left behind.
        2324,   // Our close frame waited for a slow callback behind the goodbye.
        3240,   // An attempt whose permit came with the stop began all the same.
        4891,   // InitAsync ran concurrently with an abandoned HandleDisconnect.
        19853,  // An attempt that was interrupted while it waited for its permit began all the same.
        21583,  // A write that an abort interrupted took a buffer for a pong, which was not returned.
        32557,  // A server that was gone for the keep-alive, while a close waited for a callback, was to receive a goodbye.
        43989,  // The same at a supervisor's stop.
        52056,  // The same where a stop came while a close for DataTimeout waited.
        72578,  // Frames of a write that failed did not count for the send limit until it failed.
        77508,  // Calls that would not wait did, in a session whose life was over before it was ready.
        105578, // An abandoned InitAsync left a failed task behind.
        151169, // A stop did not wait for HandleTerminate behind a callback that completed as it was abandoned.
        176190, // The delay of a request was to begin when a callback that runs during it had ended: the judge's mistake.
        549048, // A runner that was abandoned while frames waited for the send limit ended the scope of HandleTerminate.
        2059225, // Ticks that passed between the beginning of an attempt and that of its clock counted against ConnectTimeout.
    ];
}
