using Microsoft.CodeAnalysis;

namespace Late.Hosting.Analyzers;

/// <summary>The rules. Each message has what is wrong, why, and what to do.</summary>
internal static class Rules
{
    // The project has no public address yet; the file is in the repository and in the package.
    private const string Help = "docs/analyzers.md#";

    private const string Reliability = "Late.Reliability";
    private const string Usage = "Late.Usage";

    /// <summary>LATE001: a frame's memory is kept.</summary>
    public static readonly DiagnosticDescriptor PayloadKept = new(
        "LATE001",
        "A frame's payload is kept after its callback",
        "'{0}' is {1}. The connection reuses a received frame's memory when {2} has completed. Keep a copy: ToArray(), GetText() or ReadJson().",
        Reliability,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The memory of a received frame belongs to the connection and is valid until the callback that received it has completed.",
        Help + "late001");

    /// <summary>LATE002: a callback blocks.</summary>
    public static readonly DiagnosticDescriptor Blocking = new(
        "LATE002",
        "A callback blocks",
        "'{0}' blocks the callback {1}. The connection handles no frame, call or timer while the callback waits. {2}.",
        Reliability,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Callbacks of a connection run one at a time. One that blocks holds up the connection and a thread of the pool.",
        Help + "late002");

    /// <summary>LATE003: a callback calls its own connection.</summary>
    public static readonly DiagnosticDescriptor OwnClient = new(
        "LATE003",
        "A callback calls its own connection",
        "'{0}' in the callback {1} calls the connection that runs the callback. {2}. {3}.",
        Usage,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "What a connection is asked for runs after the callback in progress. A callback that waits for it would wait for itself, so it fails immediately.",
        Help + "late003");

    /// <summary>LATE004: a method looks like a callback and is none.</summary>
    public static readonly DiagnosticDescriptor NoCallback = new(
        "LATE004",
        "A method looks like a callback and implements none",
        "'{0}' looks like the callback {1} and does not implement it. The connection never calls it. {2}.",
        Usage,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Callbacks have default implementations: one that is misspelled or has another signature compiles and is never called.",
        Help + "late004");

    /// <summary>LATE005: calls are held where they cannot be.</summary>
    public static readonly DiagnosticDescriptor HoldCalls = new(
        "LATE005",
        "HoldCalls has no meaning here",
        "HoldCalls() on {0} has no meaning. {1}. {2}.",
        Usage,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Only the result that HandleConnect returns can hold calls.",
        Help + "late005");
}
