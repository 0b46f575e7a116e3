using System.Globalization;
using static Late.Hosting.LateConnectionState;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>The connection's state in words, for the messages of exceptions.</summary>
internal static class StatusText
{
    /// <summary>The state in a sentence.</summary>
    public static string Explain(LifecycleState lifecycle, LateConnectionStatus current) => $"Connection '{lifecycle.Name}' {Predicate(lifecycle, current)}";

    /// <summary>The same for a sentence that has the connection's name already.</summary>
    public static string Describe(LifecycleState lifecycle, LateConnectionStatus current) => $"It {Predicate(lifecycle, current)}";

    private static string Predicate(LifecycleState lifecycle, LateConnectionStatus current) => current.State switch
    {
        NotStarted => lifecycle.HasStarted ? "is starting, and Init runs." : "is not started: the host starts its services in the order of their registration.",
        Ready => string.Create(CultureInfo.InvariantCulture, $"is Ready since {current.Since:u}, and accepts no work now: its handler is busy, or its session ends."),
        _ => string.Create(CultureInfo.InvariantCulture, $"is {current.State} since {current.Since:u}: {LateException.WithoutName(lifecycle.Name, current.Reason)}"),
    };
}
