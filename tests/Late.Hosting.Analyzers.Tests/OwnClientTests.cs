using Late.Hosting.Analyzers.Tests.Support;
using Late.Hosting.CodeFixes;

namespace Late.Hosting.Analyzers.Tests;

/// <summary>LATE003: a callback that calls its own connection (promise P14).</summary>
public sealed class OwnClientTests
{
    private const string Rule = "LATE003";

    [Theory]
    [InlineData("await self.[|CallAsync|](new Refresh(), cancellationToken);", "await self.PostAsync(new Refresh(), cancellationToken);")]
    [InlineData("await self.[|CallAsync|](new Refresh()).ConfigureAwait(false);", "await self.PostAsync(new Refresh()).ConfigureAwait(false);")]
    [InlineData("await _client.[|CallAsync|](new Refresh(), cancellationToken);", "await _client.PostAsync(new Refresh(), cancellationToken);")]
    [InlineData("await Client.[|CallAsync|](new Refresh(), cancellationToken);", "await Client.PostAsync(new Refresh(), cancellationToken);")]
    public Task A_request_that_is_a_message_too_is_posted(string wrong, string right) =>
        Check.FixesAsync<OwnClientFix>(Rule, Program(wrong + " return LateResult.Ok(state);"), Program(right + " return LateResult.Ok(state);"));

    [Theory]
    [InlineData("await self.[|SendAsync|](LateFrame.Text(\"ping\"), cancellationToken);", "state + 1", "LateFrame.Text(\"ping\")")]
    [InlineData("await self.[|SendAsync|](frame);", "state", "frame")]
    public Task A_frame_is_returned(string wrong, string state, string frame) => Check.FixesAsync<OwnClientFix>(
        Rule,
        Program($"await Task.Yield();\n        {wrong}\n        return LateResult.Ok({state});"),
        Program($"await Task.Yield();\n        return LateResult.Send({state}, {frame});"));

    [Theory]
    [InlineData("var count = await self.[|CallAsync|](new Count(), cancellationToken); return LateResult.Ok(count);")]
    [InlineData("await self.[|CallAsync|](new Count(), cancellationToken); return LateResult.Ok(state);")]
    [InlineData("await self.[|WaitForReadyAsync|](cancellationToken); return LateResult.Ok(state);")]
    [InlineData("await self.[|SendAsync|](frame, new LateCallOptions(), cancellationToken); return LateResult.Ok(state);")]
    [InlineData("await self.[|SendAsync|](frame, cancellationToken); await Task.Yield(); return LateResult.Ok(state);")]
    public Task Where_the_callback_needs_another_design_no_fix_is_offered(string wrong) => Check.OffersNoFixAsync<OwnClientFix>(Rule, Program(wrong));

    [Theory]
    [InlineData("await self.PostAsync(new Refresh(), cancellationToken);")]
    [InlineData("self.PostAfter(TimeSpan.FromSeconds(1), new Refresh());")]
    [InlineData("await other.CallAsync(new Count(), cancellationToken);")]
    [InlineData("await other.SendAsync(LateFrame.Text(\"ping\"), cancellationToken);")]
    [InlineData("await backup.WaitForReadyAsync(cancellationToken);")]
    [InlineData("if (siblings.TryGet(\"eu\", out var sibling)) { await sibling.CallAsync(new Count(), cancellationToken); }")]
    [InlineData("await self.ReconnectAsync(\"moved\", cancellationToken); _ = self.Status;")]
    public Task Posts_other_handlers_and_other_connections_are_not_reported(string body) =>
        Check.IsCleanAsync(Program(body + " return LateResult.Ok(state);"));

    [Fact]
    public Task A_keyed_client_of_the_same_handler_is_not_reported() => Check.IsCleanAsync("""
        using Late.Hosting;
        using Microsoft.Extensions.DependencyInjection;

        public sealed class Handler([FromKeyedServices("backup")] ILateClient<Handler> backup) : ILateHandler<int>
        {
            private readonly ILateClient<Handler> _backup = backup;

            public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

            public async ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
            {
                await backup.SendAsync(frame, cancellationToken);
                await _backup.SendAsync(frame, cancellationToken);
                return LateResult.Ok(state);
            }
        }
        """);

    [Fact]
    public Task A_method_that_is_no_callback_is_not_reported() => Check.IsCleanAsync("""
        using Late.Hosting;

        public sealed class Handler(ILateClient<Handler> self) : ILateHandler<int>
        {
            public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

            public Task StartedAsync(CancellationToken cancellationToken) => self.WaitForReadyAsync(cancellationToken);
        }
        """);

    [Theory]
    [InlineData("CallAsync", "new Refresh()", "It fails immediately, since it would wait for the callback itself. Use PostAsync: the message is handled after the callback.")]
    [InlineData("CallAsync", "new Count()", "It fails immediately, since it would wait for the callback itself. Do the work in the callback, or post a message of an ILateInfoHandler with PostAsync.")]
    [InlineData("SendAsync", "frame", "It fails immediately, since it would wait for the callback itself. Return the frame: LateResult.Send(state, frame).")]
    [InlineData("WaitForReadyAsync", "cancellationToken", "It fails unless the connection is ready already, since it would wait for the callback itself. Return from the callback, and do what needs a ready connection in a message (PostAsync).")]
    public async Task The_message_names_what_why_and_what_to_do(string method, string argument, string rest)
    {
        var found = Assert.Single(await Check.ReportsAsync(Rule, Program($"await self.[|{method}|]({argument}); return LateResult.Ok(state);")));

        Assert.Equal($"'{method}' in the callback HandleInAsync calls the connection that runs the callback. {rest}", found.GetMessage(null));
    }

    private static string Program(string body) => $$"""
        using Late.Hosting;
        using Microsoft.Extensions.DependencyInjection;

        public sealed record Refresh : ILateRequest<Refresh, bool>;

        public sealed record Count : ILateRequest<Count, int>;

        public sealed class Other : ILateHandler<int>, ILateCallHandler<int, Count, int>
        {
            public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

            public ValueTask<LateResult<int>> HandleCallAsync(Count request, LateCall<int> call, int state, CancellationToken cancellationToken) => LateResult.Ok(state);
        }

        public sealed class Handler(
            ILateClient<Handler> self, ILateClient<Other> other, [FromKeyedServices("backup")] ILateClient<Other> backup, ILateSupervisor<Handler> siblings) :
            ILateHandler<int>, ILateCallHandler<int, Refresh, bool>, ILateCallHandler<int, Count, int>, ILateInfoHandler<int, Refresh>
        {
            private readonly ILateClient<Handler> _client = self;

            private ILateClient<Handler> Client => _client;

            public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

            public async ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
            {
                {{body.Replace("\n", "\n        ", StringComparison.Ordinal)}}
            }

            public ValueTask<LateResult<int>> HandleCallAsync(Refresh request, LateCall<bool> call, int state, CancellationToken cancellationToken) => LateResult.Ok(state);

            public ValueTask<LateResult<int>> HandleCallAsync(Count request, LateCall<int> call, int state, CancellationToken cancellationToken) => LateResult.Ok(state);

            public ValueTask<LateResult<int>> HandleInfoAsync(Refresh message, int state, CancellationToken cancellationToken) => LateResult.Ok(state);

            private object Unused => (Client, other, backup, siblings);
        }
        """;
}
