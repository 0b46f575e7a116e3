namespace Late.Hosting.Tests;

/// <summary>What a handler may not do and the compiler reports: each handler is the one that compiles, with one change.</summary>
public sealed class HandlerShapeTests
{
    private const string Base = """
        using Late.Hosting;

        public sealed record Ask(string Text) : ILateRequest<Ask, int>;

        public sealed record Note(string Text);

        public sealed class MyHandler : LateHandler<int>, ILateSyncCallHandler<int, Ask, int>, ILateSyncInfoHandler<int, Note>,
            ILateSyncCallEndHandler<int, Ask>
        {
            public override int Init(LateContext context) => 0;
            public override LateResult<int> HandleConnect(LateHandshake handshake, int state) => LateResult.Ok(state);
            public override LateResult<int> HandleIn(LateFrame frame, int state) => LateResult.Send(state, frame);
            public override LateDisconnectResult<int> HandleDisconnect(LateDisconnect disconnect, int state) => LateDisconnectResult.Ok(state);
            public override void HandleTerminate(LateTerminateReason reason, int state) { }
            public LateResult<int> HandleCall(Ask request, LateCall<int> call, int state) => LateResult.Ok(state);
            public LateResult<int> HandleInfo(Note message, int state) => LateResult.Ok(state);
            public LateResult<int> HandleCallEnd(LateCallEnd<Ask> end, int state) => LateResult.Ok(state);
        }
        """;

    private const string Interface = """
        using Late.Hosting;

        public sealed record Ask(string Text) : ILateRequest<Ask, int>;

        public sealed record Note(string Text);

        public sealed class MyHandler : ILateHandler<int>, ILateCallHandler<int, Ask, int>, ILateInfoHandler<int, Note>,
            ILateCallEndHandler<int, Ask>
        {
            public ValueTask<int> InitAsync(LateContext context, CancellationToken token) => new(0);
            public ValueTask<LateDisconnectResult<int>> HandleDisconnectAsync(LateDisconnect disconnect, int state, CancellationToken token) => LateDisconnectResult.Ok(state);
            public ValueTask<LateResult<int>> HandleCallAsync(Ask request, LateCall<int> call, int state, CancellationToken token) => LateResult.Ok(state);
            public ValueTask<LateResult<int>> HandleInfoAsync(Note message, int state, CancellationToken token) => LateResult.Ok(state);
            public ValueTask<LateResult<int>> HandleCallEndAsync(LateCallEnd<Ask> end, int state, CancellationToken token) => LateResult.Ok(state);
        }
        """;

    private const string Program = """
        using Late.Hosting;

        public sealed record Unhandled : ILateRequest<Unhandled, string>;

        public static class Program
        {
            public static void Main() => Use(null!, null!);

            private static object Use(ILateClient<MyHandler> client, ILateCaller<MyHandler> caller)
            {
                Task<int> answer = caller.CallAsync(new Ask("a"));
                return answer;
            }
        }
        """;

    [Theory]
    [InlineData(Base)]
    [InlineData(Interface)]
    public void Both_forms_compile(string handler) => Assert.Empty(Compiler.Check([handler, Program]));

    [Theory] // A request that the handler does not take, in whichever form it takes others, and of whichever connection.
    [InlineData(Base, "client.CallAsync(new Unhandled())")]
    [InlineData(Base, "caller.CallAsync(new Unhandled())")]
    [InlineData(Base, "client.PostAsync(new Unhandled())")]
    [InlineData(Base, "caller.PostAsync(new Unhandled())")]
    [InlineData(Base, "client.PostAfter(TimeSpan.Zero, new Unhandled())")]
    [InlineData(Interface, "client.CallAsync(new Unhandled())")]
    [InlineData(Interface, "caller.CallAsync(new Unhandled())")]
    [InlineData(Interface, "client.PostAsync(new Unhandled())")]
    [InlineData(Interface, "caller.PostAsync(new Unhandled())")]
    public void What_the_handler_does_not_take_is_CS0311(string handler, string call) =>
        Assert.Equal(["CS0311"], Errors(handler, Program.Replace("return answer;", $"return {call};", StringComparison.Ordinal)));

    [Theory] // A callback that nothing calls.
    [InlineData("int Init(", "int Initialize(")]
    [InlineData(" HandleConnect(", " HandleConnected(")]
    [InlineData(" HandleIn(LateFrame frame", " HandleIn(LateFrame frame, string more")]
    [InlineData("HandleDisconnect(", "HandleDisconect(")]
    [InlineData("HandleTerminate(", "Terminate(")]
    public void A_misspelt_override_is_CS0115(string callback, string misspelt) =>
        Assert.Equal(["CS0115"], Errors(Base.Replace(callback, misspelt, StringComparison.Ordinal), Program));

    [Theory]
    [InlineData("HandleCall(", "HandelCall(")]
    [InlineData("HandleInfo(", "HandleMessage(")]
    [InlineData("HandleCallEnd(", "HandleCallEnded(")]
    public void A_misspelt_callback_of_an_interface_is_CS0535(string callback, string misspelt) =>
        Assert.Equal(["CS0535"], Errors(Base.Replace(callback, misspelt, StringComparison.Ordinal), Program));

    [Theory] // There is no session to send them to.
    [InlineData(Base, "LateResult.Send(state, LateFrame.Text(\"bye\"))", "CS0029")]
    [InlineData(Base, "LateResult.Ok(state)", "CS0029")]
    [InlineData(Base, "LateDisconnectResult.Send(state, LateFrame.Text(\"bye\"))", "CS0117")]
    [InlineData(Base, "LateDisconnectResult.Ok(state).HoldCalls()", "CS1061")]
    [InlineData(Interface, "LateResult.Send(state, LateFrame.Text(\"bye\"))", "CS0029")]
    [InlineData(Interface, "LateDisconnectResult.Send(state, LateFrame.Text(\"bye\"))", "CS0117")]
    public void Frames_from_HandleDisconnect_do_not_compile(string handler, string result, string error) =>
        Assert.Equal([error], Errors(handler.Replace("LateDisconnectResult.Ok(state)", result, StringComparison.Ordinal), Program));

    [Fact] // Which of the two would run?
    public void A_request_that_is_taken_in_both_forms_does_not_compile() =>
        Assert.Contains("CS8705", Errors(
            Base.Replace("ILateSyncCallHandler<int, Ask, int>,", "ILateSyncCallHandler<int, Ask, int>, ILateCallHandler<int, Ask, int>,", StringComparison.Ordinal)
                .Replace("public override int Init", """
                    public ValueTask<LateResult<int>> HandleCallAsync(Ask request, LateCall<int> call, int state, CancellationToken token) => LateResult.Ok(state);
                    public override int Init
                    """, StringComparison.Ordinal),
            Program));

    private static IEnumerable<string> Errors(string handler, string program) => Compiler.Check([handler, program]).Select(static error => error.Id);
}
