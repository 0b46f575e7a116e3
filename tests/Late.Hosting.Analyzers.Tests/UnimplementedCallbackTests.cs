using Late.Hosting.Analyzers.Tests.Support;
using Late.Hosting.CodeFixes;

namespace Late.Hosting.Analyzers.Tests;

/// <summary>LATE004: a method that looks like a callback and implements none.</summary>
public sealed class UnimplementedCallbackTests
{
    private const string Rule = "LATE004";

    private const string HandleIn = "public ValueTask<LateResult<State>> HandleInAsync(LateFrame frame, State state, CancellationToken cancellationToken) => LateResult.Ok(state);";
    private const string HandleConnect = "public ValueTask<LateResult<State>> HandleConnectAsync(LateHandshake handshake, State state, CancellationToken cancellationToken) => LateResult.Ok(state);";

    [Theory]
    [InlineData("public ValueTask<LateResult<State>> [|HandleInnAsync|](LateFrame frame, State state, CancellationToken cancellationToken) => LateResult.Ok(state);", HandleIn)]
    [InlineData("public ValueTask<LateResult<State>> [|HandelInAsync|](LateFrame frame, State state, CancellationToken cancellationToken) => LateResult.Ok(state);", HandleIn)]
    [InlineData("public ValueTask<LateResult<State>> [|HandleIn|](LateFrame frame, State state, CancellationToken cancellationToken) => LateResult.Ok(state);", HandleIn)]
    [InlineData("public ValueTask<LateResult<State>> [|OnMessageAsync|](LateFrame frame, State state, CancellationToken cancellationToken) => LateResult.Ok(state);", HandleIn)]
    [InlineData("public ValueTask<LateResult<State>> [|HandleConectAsync|](LateHandshake handshake, State state, CancellationToken cancellationToken) => LateResult.Ok(state);", HandleConnect)]
    [InlineData("public ValueTask<LateResult<State>> [|HandleConnectedAsync|](LateHandshake handshake, State state, CancellationToken cancellationToken) => LateResult.Ok(state);", HandleConnect)]
    public Task One_of_another_name_is_renamed(string wrong, string right) => FixesAsync(Program(wrong), Program(right));

    [Theory]
    [InlineData("public ValueTask<LateResult<State>> [|HandleConnectAsync|](LateHandshake handshake, State state) => LateResult.Ok(state);", HandleConnect)]
    [InlineData("public ValueTask<LateResult<State>> [|HandleInAsync|](LateFrame frame) => LateResult.Ok(new State());", "public ValueTask<LateResult<State>> HandleInAsync(LateFrame frame, State state, CancellationToken cancellationToken) => LateResult.Ok(new State());")]
    [InlineData("public LateResult<State> [|HandleIn|](LateFrame frame, State state) => LateResult.Ok(state);", HandleIn)]
    [InlineData("private ValueTask<LateResult<State>> [|HandleInAsync|](LateFrame frame, State state, CancellationToken cancellationToken) => LateResult.Ok(state);", HandleIn)]
    [InlineData(
        "public async Task<LateResult<State>> [|HandleInAsync|](LateFrame frame, State state, CancellationToken cancellationToken) { await Task.Yield(); return LateResult.Ok(state); }",
        "public async ValueTask<LateResult<State>> HandleInAsync(LateFrame frame, State state, CancellationToken cancellationToken) { await Task.Yield(); return LateResult.Ok(state); }")]
    public Task One_of_another_signature_gets_that_of_the_callback(string wrong, string right) => FixesAsync(Program(wrong), Program(right));

    // Its result was that of the other callbacks once; it compiles, and is never called.
    [Theory]
    [InlineData(
        "public ValueTask<LateResult<State>> [|HandleDisconnectAsync|](LateDisconnect disconnect, State state, CancellationToken cancellationToken) => LateResult.Ok(state);",
        "public ValueTask<LateDisconnectResult<State>> HandleDisconnectAsync(LateDisconnect disconnect, State state, CancellationToken cancellationToken) => LateDisconnectResult.Ok(state);")]
    [InlineData(
        "public LateResult<State> [|HandleDisconnect|](LateDisconnect disconnect, State state) => disconnect.WasReady ? LateResult.Reconnect(state) : LateResult.Stop(state);",
        "public ValueTask<LateDisconnectResult<State>> HandleDisconnectAsync(LateDisconnect disconnect, State state, CancellationToken cancellationToken) => disconnect.WasReady ? LateDisconnectResult.Reconnect(state) : LateDisconnectResult.Stop(state);")]
    [InlineData(
        "public async Task<LateResult<State>> [|HandleDisconnectAsync|](LateDisconnect disconnect, State state, CancellationToken cancellationToken) { await Task.Yield(); return LateResult.Ok(state); }",
        "public async ValueTask<LateDisconnectResult<State>> HandleDisconnectAsync(LateDisconnect disconnect, State state, CancellationToken cancellationToken) { await Task.Yield(); return LateDisconnectResult.Ok(state); }")]
    public Task A_disconnect_that_returns_the_result_of_other_callbacks_gets_its_own(string wrong, string right) => FixesAsync(Program(wrong), Program(right));

    [Theory]
    [InlineData("public ValueTask<LateResult<State>> [|HandleCallAsync|](Ask request, LateCall<string> call, State state, CancellationToken cancellationToken) => LateResult.Ok(state);", "ILateCallHandler<State, Ask, string>")]
    [InlineData("public ValueTask<LateResult<State>> [|HandleInfoAsync|](Tick message, State state, CancellationToken cancellationToken) => LateResult.Ok(state);", "ILateInfoHandler<State, Tick>")]
    [InlineData("public ValueTask<LateResult<State>> [|HandleCallAsync|](Ask request, LateCall<string> call, State state) => LateResult.Ok(state);", "ILateCallHandler<State, Ask, string>")]
    [InlineData("public LateResult<State> [|HandleInfo|](Tick message, State state) => LateResult.Ok(state);", "ILateSyncInfoHandler<State, Tick>")]
    public Task One_whose_interface_is_missing_gets_it(string wrong, string contract)
    {
        var right = wrong.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal)
            .Replace("call, State state)", "call, State state, CancellationToken cancellationToken)", StringComparison.Ordinal);
        return FixesAsync(Program(wrong), Program(right, $", {contract}"));
    }

    [Theory]
    [InlineData("public ValueTask<LateResult<State>> [|HandleInAsync|](string text, State state, CancellationToken cancellationToken) => LateResult.Ok(state);")]
    [InlineData("public ValueTask<LateResult<State>> [|HandleInAsync|](LateFrame frame, int state, CancellationToken cancellationToken) => LateResult.Ok(new State());")]
    [InlineData("public void [|HandleDisconnectAsync|](LateDisconnect disconnect, State state, CancellationToken cancellationToken) { }")]
    [InlineData("public ValueTask<LateResult<State>> [|HandleCallAsync|](Ask request, State state, CancellationToken cancellationToken) => LateResult.Ok(state);")]
    [InlineData("public ValueTask<LateResult<State>> [|HandleDisconnectAsync|](LateDisconnect disconnect, State state, CancellationToken cancellationToken) => LateResult.Send(state, LateFrame.Text(\"bye\"));")]
    public Task One_that_needs_another_body_has_no_fix(string wrong) => Check.OffersNoFixAsync<UnimplementedCallbackFix>(Rule, Program(wrong));

    [Theory]
    [InlineData(HandleIn + " private static State HandleInput(string text, State state) => state;")]
    [InlineData("private LateResult<State> HandleInner(LateFrame frame, State state) => LateResult.Ok(state);")]
    [InlineData("private LateResult<State> OnMessage(LateFrame frame, State state) => LateResult.Ok(state);")]
    [InlineData("public ValueTask<LateResult<State>> HandleInAsync(LateFrame frame, State state, CancellationToken cancellationToken) => HandleIn(frame, state); private static ValueTask<LateResult<State>> HandleIn(LateFrame frame, State state) => LateResult.Ok(state);")]
    [InlineData("public ValueTask<LateResult<State>> HandleInAsync(LateFrame frame, State state, CancellationToken cancellationToken) => HandleInAsync(frame, state); private ValueTask<LateResult<State>> HandleInAsync(LateFrame frame, State state) => LateResult.Ok(state);")]
    [InlineData("ValueTask<LateResult<State>> ILateHandler<State>.HandleInAsync(LateFrame frame, State state, CancellationToken cancellationToken) => LateResult.Ok(state);")]
    [InlineData("public ValueTask<LateResult<State>> ApplyAsync(Tick tick, State state, CancellationToken cancellationToken) => LateResult.Ok(state);")]
    [InlineData("public void HandlePing() { }")]
    [InlineData("public void Init() { }")]
    [InlineData("public void HandleCall(string number) { }")]
    [InlineData("public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;")]
    [InlineData("public static ValueTask<LateResult<State>> HandleInnAsync(LateFrame frame, State state, CancellationToken cancellationToken) => LateResult.Ok(state);")]
    public Task Callbacks_helpers_and_other_methods_are_not_reported(string members) => Check.IsCleanAsync(Program(members));

    [Fact]
    public Task Callbacks_of_a_base_class_of_the_application_are_not_reported() => Check.IsCleanAsync("""
        using Late.Hosting;

        public abstract class Feed : ILateHandler<int>
        {
            public virtual ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

            public abstract ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken);
        }

        public sealed class Prices : Feed
        {
            public override ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken) => LateResult.Ok(state);
        }
        """);

    [Fact]
    public Task A_class_that_is_no_handler_is_not_reported() => Check.IsCleanAsync("""
        using Late.Hosting;

        public sealed class Router
        {
            public ValueTask<LateResult<int>> HandleInnAsync(LateFrame frame, int state, CancellationToken cancellationToken) => LateResult.Ok(state);
        }
        """);

    [Theory]
    [InlineData(
        "public ValueTask<LateResult<State>> [|HandleInnAsync|](LateFrame frame, State state, CancellationToken cancellationToken) => LateResult.Ok(state);",
        "'HandleInnAsync' looks like the callback ILateHandler<State>.HandleInAsync and does not implement it. The connection never calls it. Rename it to HandleInAsync.")]
    [InlineData(
        "public ValueTask<LateResult<State>> [|HandleConnectAsync|](LateHandshake handshake, State state) => LateResult.Ok(state);",
        "'HandleConnectAsync' looks like the callback ILateHandler<State>.HandleConnectAsync and does not implement it. The connection never calls it. Give it the parameters (LateHandshake handshake, State state, CancellationToken cancellationToken).")]
    [InlineData(
        "public ValueTask<LateResult<State>> [|HandleCallAsync|](Ask request, LateCall<string> call, State state, CancellationToken cancellationToken) => LateResult.Ok(state);",
        "'HandleCallAsync' looks like the callback ILateCallHandler<State, Ask, string>.HandleCallAsync and does not implement it. The connection never calls it. Add the interface ILateCallHandler<State, Ask, string>.")]
    [InlineData(
        "public ValueTask<LateResult<State>> [|HandleDisconnectAsync|](LateDisconnect disconnect, State state, CancellationToken cancellationToken) => LateResult.Ok(state);",
        "'HandleDisconnectAsync' looks like the callback ILateHandler<State>.HandleDisconnectAsync and does not implement it. The connection never calls it. Return ValueTask<LateDisconnectResult<State>>.")]
    [InlineData(
        "private ValueTask<LateResult<State>> [|HandleInAsync|](LateFrame frame, State state, CancellationToken cancellationToken) => LateResult.Ok(state);",
        "'HandleInAsync' looks like the callback ILateHandler<State>.HandleInAsync and does not implement it. The connection never calls it. Make it public.")]
    public async Task The_message_names_what_why_and_what_to_do(string wrong, string message)
    {
        var found = Assert.Single(await Check.ReportsAsync(Rule, Program(wrong)));

        Assert.Equal(message, found.GetMessage(null));
    }

    private static Task FixesAsync(string wrong, string right) => Check.FixesAsync<UnimplementedCallbackFix>(Rule, wrong, right);

    private static string Program(string members, string interfaces = "") => $$"""
        using Late.Hosting;

        public sealed record State;

        public sealed record Tick;

        public sealed record Ask : ILateRequest<Ask, string>;

        public sealed class Handler : ILateHandler<State>{{interfaces}}
        {
            public ValueTask<State> InitAsync(LateContext context, CancellationToken cancellationToken) => new(new State());

            {{members}}
        }
        """;
}
