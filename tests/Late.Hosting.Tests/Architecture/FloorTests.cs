namespace Late.Hosting.Tests.Architecture;

/// <summary>Each folder of the library uses only those below it: read from the compiled assembly, by what its members name.</summary>
public sealed class FloorTests
{
    /// <summary>The folders, the lowest first. What users type is the lowest: all others speak of it.</summary>
    private static readonly string[] s_order =
    [
        "Late.Hosting",
        "Late.Hosting.Locking",
        "Late.Hosting.Ownership",
        "Late.Hosting.WebSockets",
        "Late.Hosting.Configuration",
        "Late.Hosting.Diagnostics",
        "Late.Hosting.Transport",
        "Late.Hosting.Budgets",
        "Late.Hosting.Connection",
        "Late.Hosting.Observability",
        "Late.Hosting.Supervision",
        "Late.Hosting.Registration",
    ];

    /// <summary>What users type and cannot do without what lies above it: the type, what it names, and why.</summary>
    private static readonly (string User, string Used, string Why)[] s_exceptions =
    [
        ("LateDisconnectResult`1", "DisconnectRequest", "a result has its state and what is to follow"),
        ("LateFrame", "FrameBatch", "a frame is a view of a batch: two words, and no copy"),
        ("LateHandshakeContext", "IWriteGate", "a request carries to where it is written what may refuse it: a transport is given nothing else of its connection"),
        ("LateHandler`1", "MisuseException", "what the library reports of a misuse is logged whole, unlike what the application throws"),
        ("LateResult`1", "ResultActions", "a result has its state and one frame, or what else follows: three words, as a callback hands them over"),
    ];

    /// <summary>The folders of one connection: its life and the work that it admits, the parts of a session, and those that make one after the other.</summary>
    private static readonly string[] s_connectionOrder =
    [
        "Late.Hosting.Connection.Lifecycle|Late.Hosting.Connection.Mailboxes",
        "Late.Hosting.Connection.Callbacks|Late.Hosting.Connection.Calls|Late.Hosting.Connection.Sending|Late.Hosting.Connection.Sessions|Late.Hosting.Connection.Streams|Late.Hosting.Connection.Topics",
        "Late.Hosting.Connection.Reconnecting",
        "Late.Hosting.Connection",
    ];

    private static readonly (string User, string Used, string Why)[] s_connectionExceptions =
    [
        ("Connection.Mailboxes.MailboxItem", "Runner", "an item is handled by the runner"),
        ("Connection.Mailboxes.PostItem`1", "Runner", "the same"),
    ];

    private static readonly AssemblyUses s_library = AssemblyUses.Of(typeof(LateFrame).Assembly);

    [Fact]
    public void Each_floor_uses_only_those_below_it()
    {
        var floors = new Floors(s_order, IsExtension);
        var report = floors.Describe(floors.BackEdges(s_library.Uses).Where(static use => !IsExcepted(use)));
        Assert.True(report.Length == 0, report);
    }

    [Fact] // A list of exceptions that only grows shows nothing.
    public void Each_exception_is_needed()
    {
        var backEdges = new Floors(s_order, IsExtension).BackEdges(s_library.Uses).ToList();
        Assert.All(s_exceptions, exception => Assert.Contains(backEdges, use => IsExcepted(use, exception)));
    }

    [Fact] // A new folder takes its place in the order.
    public void Each_type_stands_on_a_floor() =>
        Assert.Empty(new Floors(s_order, IsExtension).Homeless(s_library.Types.Where(static type => type.StartsWith("Late.Hosting", StringComparison.Ordinal))));

    [Fact] // What its parts share is named by all of them.
    public void Inside_a_connection_each_floor_uses_only_those_below_it()
    {
        var floors = new Floors(s_connectionOrder, static _ => false);
        var backEdges = floors.BackEdges(s_library.Uses.Where(static use => IsOfConnection(use.User) && IsOfConnection(use.Used)))
            .Where(static use => TypeUse.NameOf(use.Used) != "ConnectionContext")
            .ToList();
        var report = floors.Describe(backEdges.Where(static use => !s_connectionExceptions.Any(exception => IsExcepted(use, exception))));
        Assert.True(report.Length == 0, report);
        Assert.All(s_connectionExceptions, exception => Assert.Contains(backEdges, use => IsExcepted(use, exception)));
    }

    [Fact] // Shows that the test above can fail: with two floors changed for one another it names the edge, the members and the types.
    public void A_back_edge_is_reported_with_the_member_that_makes_it()
    {
        string[] order = ["Late.Hosting", "Late.Hosting.Transport", "Late.Hosting.WebSockets"];
        var floors = new Floors(order, IsExtension);
        var report = floors.Describe(floors.BackEdges(s_library.Uses));
        Assert.Contains("Late.Hosting.Transport -> Late.Hosting.WebSockets because", report, StringComparison.Ordinal);
        Assert.Contains("    FramedConnection.reader names FrameReader", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_use_is_found_wherever_a_type_can_have_one()
    {
        var members = AssemblyUses.Of(typeof(NamedException).Assembly).Uses
            .Where(static use => use.User == typeof(Naming<>).FullName && use.Used == typeof(NamedException).FullName)
            .Select(static use => use.Member);
        Assert.Equal(
            [
                "AsyncMethod", "Attribute", "Catch", "CompareTo", "Constraint", "Create", "Field", "GenericMethod", "Iterator", "Lambda", "Local", "Read",
                "Return", "Token", "_field", "its attributes", "its base", "its constraints", "its interfaces",
            ],
            members.Distinct().Where(static member => member != ".ctor").Order(StringComparer.Ordinal));
    }

    private static bool IsExtension(string type) => type.EndsWith("Extensions", StringComparison.Ordinal)
        && TypeUse.NamespaceOf(type) is "Late.Hosting" or "Microsoft.Extensions.DependencyInjection";

    private static bool IsOfConnection(string type) => type.StartsWith("Late.Hosting.Connection.", StringComparison.Ordinal);

    private static bool IsExcepted(TypeUse use) => s_exceptions.Any(exception => IsExcepted(use, exception));

    private static bool IsExcepted(TypeUse use, (string User, string Used, string Why) exception) =>
        use.User == $"Late.Hosting.{exception.User}" && TypeUse.NameOf(use.Used) == exception.Used;
}
