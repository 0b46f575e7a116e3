using Late.Hosting.Analyzers.Tests.Support;
using Late.Hosting.CodeFixes;

namespace Late.Hosting.Analyzers.Tests;

/// <summary>LATE005: <c>HoldCalls()</c> where it has no meaning.</summary>
public sealed class HoldCallsTests
{
    private const string Rule = "LATE005";

    [Theory]
    [InlineData("return LateResult.Ok(state).[|HoldCalls|]();", "return LateResult.Ok(state);")]
    [InlineData("return LateResult.Send(state, frame).[|HoldCalls|]().ThenStop();", "return LateResult.Send(state, frame).ThenStop();")]
    [InlineData(
        "var result = LateResult.Ok(state); result.[|HoldCalls|](); return result.ReleaseCalls();",
        "var result = LateResult.Ok(state); result = result.HoldCalls(); return result.ReleaseCalls();",
        "HandleConnectAsync(LateHandshake frame,")]
    public Task It_is_removed_or_its_result_used(string wrong, string right, string callback = "HandleInAsync(LateFrame frame,") =>
        Check.FixesAsync<HoldCallsFix>(Rule, Program(wrong, callback), Program(right, callback));

    [Theory]
    [InlineData("return LateResult.Send(state, LateFrame.Text(\"login\")).HoldCalls();")]
    [InlineData("return Login(state);")]
    [InlineData("var result = LateResult.Ok(state); result = result.HoldCalls(); return result;")]
    public Task A_result_of_HandleConnect_is_not_reported(string body) => Check.IsCleanAsync(Program(body, "HandleConnectAsync(LateHandshake handshake,"));

    [Fact]
    public Task Releasing_calls_is_not_reported() => Check.IsCleanAsync(Program("return LateResult.Ok(state).ReleaseCalls();", "HandleInAsync(LateFrame frame,"));

    [Fact]
    public Task A_result_outside_a_handler_is_not_reported() => Check.IsCleanAsync("""
        using Late.Hosting;

        public static class Results
        {
            public static LateResult<int> Login(int state) => LateResult.Ok(state).HoldCalls();
        }
        """);

    [Theory]
    [InlineData(
        "return LateResult.Ok(state).[|HoldCalls|]();",
        "HoldCalls() on a result of HandleInAsync has no meaning. Only the result of HandleConnect can hold calls: later the session is ready already. Remove it, or hold calls in HandleConnect.")]
    [InlineData(
        "var result = LateResult.Ok(state); result.[|HoldCalls|](); return result;",
        "HoldCalls() on a result that is discarded has no meaning. A result is immutable: HoldCalls() returns another one, which holds the calls. Return what HoldCalls() returns.")]
    public async Task The_message_names_what_why_and_what_to_do(string body, string message)
    {
        var found = Assert.Single(await Check.ReportsAsync(Rule, Program(body, "HandleInAsync(LateFrame frame,")));

        Assert.Equal(message, found.GetMessage(null));
    }

    private static string Program(string body, string callback) => $$"""
        using Late.Hosting;

        public sealed class Handler : ILateHandler<int>
        {
            public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

            public ValueTask<LateResult<int>> {{callback}} int state, CancellationToken cancellationToken)
            {
                {{body}}
            }

            public static LateResult<int> Login(int state) => LateResult.Send(state, LateFrame.Text("login")).HoldCalls();
        }
        """;
}
