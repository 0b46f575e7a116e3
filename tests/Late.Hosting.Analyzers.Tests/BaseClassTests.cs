using Late.Hosting.Analyzers.Tests.Support;
using Late.Hosting.CodeFixes;

namespace Late.Hosting.Analyzers.Tests;

/// <summary>Callbacks that override those of a base class of the library, synchronous ones too, are callbacks.</summary>
public sealed class BaseClassTests
{
    [Theory]
    [InlineData("public override LateResult<State> HandleIn(LateFrame frame, State state) { _last = [|frame.Payload|]; return LateResult.Ok(state); }", "LATE001")]
    [InlineData("public override LateResult<State> HandleIn(LateFrame frame, State state) => LateResult.Ok(state with { Last = [|frame.Payload|] });", "LATE001")]
    [InlineData("public override LateResult<State> HandleIn(LateFrame frame, State state) { [|Thread.Sleep(1)|]; return LateResult.Ok(state); }", "LATE002", "Override HandleInAsync instead, and await it there.")]
    [InlineData("public override LateResult<State> HandleIn(LateFrame frame, State state) { _ = self.[|SendAsync|](default); return LateResult.Ok(state); }", "LATE003")]
    [InlineData("public LateResult<State> [|HandleInn|](LateFrame frame, State state) => LateResult.Ok(state);", "LATE004", "Rename it to HandleIn, override the callback.")]
    [InlineData("public LateResult<State> [|HandleIn|](LateFrame frame) => default;", "LATE004", "Give it the parameters (LateFrame frame, State state), override the callback.")]
    [InlineData("public override LateResult<State> HandleIn(LateFrame frame, State state) => LateResult.Ok(state).[|HoldCalls|]();", "LATE005")]
    [InlineData("public override async ValueTask<LateResult<State>> HandleInAsync(LateFrame frame, State state, CancellationToken token) { await Task.Yield(); return LateResult.Ok(state with { Last = [|frame.Payload|] }); }", "LATE001")]
    [InlineData("public LateResult<State> [|OnMessage|](LateFrame frame, State state) => LateResult.Ok(state);", "LATE004", "Rename it to HandleIn, override the callback.")]
    public async Task An_override_is_analyzed_like_an_implementation(string member, string rule, string advice = "")
    {
        var found = Assert.Single(await Check.ReportsAsync(rule, Program(member)));

        Assert.EndsWith(advice, found.GetMessage(null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public LateResult<State> [|HandleInn|](LateFrame frame, State state) => LateResult.Ok(state);", "public override LateResult<State> HandleIn(LateFrame frame, State state) => LateResult.Ok(state);")]
    [InlineData("public LateResult<State> [|HandleConnect|](LateHandshake handshake) => default;", "public override LateResult<State> HandleConnect(LateHandshake handshake, State state) => default;")]
    public Task A_missing_override_is_fixed(string wrong, string right) => Check.FixesAsync<UnimplementedCallbackFix>("LATE004", Program(wrong), Program(right));

    [Fact]
    public Task A_synchronous_callback_cannot_await_so_no_fix_is_offered() => Check.OffersNoFixAsync<BlockingFix>(
        "LATE002", Program("public override LateResult<State> HandleIn(LateFrame frame, State state) { [|Thread.Sleep(1)|]; return LateResult.Ok(state); }"));

    [Theory]
    [InlineData("public override LateResult<State> HandleIn(LateFrame frame, State state) => LateResult.Ok(state with { Last = frame.Payload.ToArray() });")]
    [InlineData("public override LateResult<State> HandleIn(LateFrame frame, State state) => LateResult.Ok(state); public LateResult<State> OnMessage(LateFrame frame, State state) => LateResult.Ok(state);")]
    [InlineData("public override LateResult<State> HandleConnect(LateHandshake handshake, State state) => LateResult.Ok(state).HoldCalls();")]
    public Task Correct_overrides_are_not_reported(string members) => Check.IsCleanAsync(Program(members));

    private static string Program(string member) => $$"""
        using Late.Hosting;

        public sealed record State(ReadOnlyMemory<byte> Last);

        public sealed class Handler(ILateClient<Handler> self) : LateHandler<State>
        {
            private ReadOnlyMemory<byte> _last;

            public override State Init(LateContext context) => new(default);

            {{member}}

            private object Unused => (_last = default, self);
        }
        """;
}
